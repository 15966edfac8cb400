export const desktopEn = {} as const;
