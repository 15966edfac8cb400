export const windowEn = {} as const;
