/** The virtual display's picture, read from the file that Xvfb keeps it in: what somebody in front of it would see. */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';

/** In an XWD header, as 32-bit numbers in the order of bytes of the machine that wrote it: always big-endian (XWDFile.h). */
const field = {
  headerSize: 0,
  bitsPerPixel: 11,
  height: 5,
  width: 4,
  bytesPerLine: 12,
  colours: 19,
} as const;
const colourSize = 12;
/** A drawn question has letters, and their edges hundreds of shades; an empty window and an empty screen have a few colours. */
const drawnColours = 40;
/** Lines that are looked at, evenly over the height. */
const lines = 48;

export interface Screen {
  /** There is something to read on it. */
  hasText(): boolean;
  /** Not even an empty window is on it. */
  isEmpty(): boolean;
  close(): void;
}

export function openScreen(directory: string): Screen {
  const file = openSync(join(directory, 'Xvfb_screen0'), 'r');
  const header = Buffer.alloc(100);
  readSync(file, header, 0, header.length, 0);
  const at = (index: number): number => header.readUInt32BE(index * 4);
  const [height, perLine] = [at(field.height), at(field.bytesPerLine)];
  const start = at(field.headerSize) + at(field.colours) * colourSize;
  if (at(field.bitsPerPixel) !== 32 || fstatSync(file).size < start + height * perLine) {
    throw new Error('The picture of the virtual display is not what it should be.');
  }
  const line = Buffer.alloc(perLine);
  const offsets = Array.from(
    { length: lines },
    (_, index) => start + Math.floor(((index + 0.5) * height) / lines) * perLine,
  );
  const read = (offset: number): Buffer => {
    readSync(file, line, 0, perLine, offset);
    return line;
  };
  const emptyLines = new Map(offsets.map((offset) => [offset, Buffer.from(read(offset))]));
  // Whoever watches must not take the machine from what is watched: only a line with something on it is looked at.
  const changed = function* (): Generator<Buffer> {
    for (const [offset, before] of emptyLines) if (!read(offset).equals(before)) yield line;
  };
  const hasText = (): boolean => {
    const found = new Set<number>();
    for (const { buffer, byteOffset } of changed()) {
      for (const colour of new Uint32Array(buffer, byteOffset, perLine / 4)) found.add(colour & 0xffffff);
      if (found.size >= drawnColours) return true;
    }
    return false;
  };
  return {
    hasText,
    isEmpty: () => changed().next().done === true,
    close: () => closeSync(file),
  };
}
