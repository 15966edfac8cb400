/** An icon's pixels, four bytes each, as the platform orders them. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly data: Uint8Array;
}

/**
 * The icon with a filled dot in its lower right corner and a gap around that, so that it is seen on any panel: something waits. `colour`
 * in the order of the pixels' bytes.
 */
export function withDot(icon: Pixels, colour: readonly [number, number, number, number]): Pixels {
  const { width, height } = icon;
  const data = Uint8Array.from(icon.data);
  const radius = Math.max(2, Math.round(Math.min(width, height) * 0.24));
  const gap = Math.max(1, Math.round(radius / 3));
  const [centreX, centreY] = [width - radius, height - radius];
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const distance = Math.hypot(x + 0.5 - centreX, y + 0.5 - centreY);
      const at = (y * width + x) * 4;
      if (distance <= radius) data.set(colour, at);
      else if (distance <= radius + gap) data.set([0, 0, 0, 0], at);
    }
  }
  return { width, height, data };
}
