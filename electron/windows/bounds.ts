export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export const minimumSize = { width: 480, height: 560 } as const;
export const defaultSize = { width: 980, height: 720 } as const;
/** So much of a window must be reachable on some display, or its owner cannot drag it back. */
const reachablePx = 100;

/** How displays are arranged right now; a place is remembered for each arrangement. */
export function displaySetKey(areas: readonly Rectangle[]): string {
  return areas
    .map(({ x, y, width, height }) => `${x},${y},${width}x${height}`)
    .sort()
    .join(' ');
}

/**
 * Where to put a window that was last at `saved`: there, made small enough for its display, if at least 100 px of its top
 * edge can be reached; else null, and the window system may choose. `areas` are the displays' work areas.
 */
export function placeFor(saved: Rectangle, areas: readonly Rectangle[]): Rectangle | null {
  for (const area of areas) {
    const width = Math.max(minimumSize.width, Math.min(saved.width, area.width));
    const height = Math.max(minimumSize.height, Math.min(saved.height, area.height));
    const overlapX = Math.min(saved.x + width, area.x + area.width) - Math.max(saved.x, area.x);
    const topInside = saved.y >= area.y && saved.y <= area.y + area.height - reachablePx;
    if (overlapX >= reachablePx && topInside) return { x: saved.x, y: saved.y, width, height };
  }
  return null;
}

/** Remembered places by display arrangement; anything unusable counts as nothing remembered. */
export function parsePlaces(stored: unknown): Map<string, Rectangle> {
  const places = new Map<string, Rectangle>();
  if (typeof stored !== 'object' || stored === null) return places;
  for (const [key, value] of Object.entries(stored)) {
    if (isRectangle(value)) places.set(key, value);
  }
  return places;
}

function isRectangle(value: unknown): value is Rectangle {
  if (typeof value !== 'object' || value === null) return false;
  const candidate = value as Record<string, unknown>;
  return ['x', 'y', 'width', 'height'].every((side) => Number.isSafeInteger(candidate[side]));
}
