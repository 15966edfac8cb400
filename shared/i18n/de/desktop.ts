import type { desktopEn } from '../en/desktop.ts';

export const desktopDe: Readonly<Record<keyof typeof desktopEn, string>> = {};
