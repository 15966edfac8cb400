import { createReadStream, createWriteStream, mkdirSync, symlinkSync } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname, resolve, sep } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createInflateRaw } from 'node:zlib';

interface ZipEntry {
  name: string;
  mode: number;
  method: number;
  compressedSize: number;
  headerOffset: number;
}

const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const STORED = 0;
const DEFLATED = 8;
const TYPE_MASK = 0o170000;
const SYMLINK = 0o120000;

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead !== length) throw new Error('The archive is cut short.');
  return buffer;
}

async function readDirectory(file: FileHandle): Promise<ZipEntry[]> {
  const { size } = await file.stat();
  const tailLength = Math.min(size, 65_557);
  const tail = await readAt(file, size - tailLength, tailLength);
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1;
  if (end < 0) throw new Error('Not a zip archive.');
  const count = tail.readUInt16LE(end + 10);
  const length = tail.readUInt32LE(end + 12);
  const directory = await readAt(file, tail.readUInt32LE(end + 16), length);
  const entries: ZipEntry[] = [];
  let at = 0;
  for (let index = 0; index < count; index += 1) {
    if (directory.readUInt32LE(at) !== DIRECTORY_ENTRY)
      throw new Error('The archive’s directory is damaged.');
    const nameLength = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString('utf8', at + 46, at + 46 + nameLength),
      mode: directory.readUInt32LE(at + 38) >>> 16,
      method: directory.readUInt16LE(at + 10),
      compressedSize: directory.readUInt32LE(at + 20),
      headerOffset: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameLength + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

async function contentOf(archive: string, file: FileHandle, entry: ZipEntry): Promise<Readable> {
  const header = await readAt(file, entry.headerOffset, 30);
  const start = entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
  if (entry.compressedSize === 0) return Readable.from([]);
  const raw = createReadStream(archive, { start, end: start + entry.compressedSize - 1 });
  if (entry.method === STORED) return raw;
  if (entry.method !== DEFLATED) throw new Error(`${entry.name}: unknown compression ${entry.method}`);
  const inflate = createInflateRaw();
  raw.on('error', (error) => inflate.destroy(error));
  return raw.pipe(inflate);
}

/**
 * Unpacks the entries for which `rename` gives a path (relative to `target`); null leaves an entry out. Permissions
 * and symbolic links are kept. Enough for plain archives below 4 GB: no encryption, no zip64.
 */
export async function unzip(
  archive: string,
  target: string,
  rename: (name: string) => string | null,
): Promise<number> {
  const file = await open(archive, 'r');
  const base = resolve(target);
  let written = 0;
  try {
    for (const entry of await readDirectory(file)) {
      const name = rename(entry.name);
      if (name === null || name === '') continue;
      const path = resolve(base, name);
      if (!path.startsWith(base + sep)) throw new Error(`${entry.name} would leave the target folder.`);
      if (entry.name.endsWith('/')) {
        mkdirSync(path, { recursive: true });
        continue;
      }
      mkdirSync(dirname(path), { recursive: true });
      const content = await contentOf(archive, file, entry);
      if ((entry.mode & TYPE_MASK) === SYMLINK) {
        symlinkSync(Buffer.concat((await content.toArray()) as Buffer[]).toString(), path);
      } else {
        await pipeline(content, createWriteStream(path, { mode: entry.mode & 0o111 ? 0o755 : 0o644 }));
      }
      written += 1;
    }
  } finally {
    await file.close();
  }
  return written;
}
