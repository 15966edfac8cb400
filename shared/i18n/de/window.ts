import type { windowEn } from '../en/window.ts';

export const windowDe: Readonly<Record<keyof typeof windowEn, string>> = {};
