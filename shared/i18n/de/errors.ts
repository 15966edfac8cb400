import type { errorsEn } from '../en/errors.ts';

export const errorsDe: Readonly<Record<keyof typeof errorsEn, string>> = {};
