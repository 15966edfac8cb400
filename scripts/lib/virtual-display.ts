import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { isRoot } from './paths.ts';
import { startService, waitFor, type Service, type SessionPlace } from './session-bus.ts';

const COOKIE_NAME = 'MIT-MAGIC-COOKIE-1';
/** A record for any host and any display: the number is not known before the server has chosen it. */
const FAMILY_WILD = 0xffff;

/** One record of an .Xauthority file, see Xau(3). */
export function authorityRecord(cookie: Buffer): Buffer {
  const counted = (data: Buffer): Buffer => {
    const length = Buffer.alloc(2);
    length.writeUInt16BE(data.length);
    return Buffer.concat([length, data]);
  };
  const family = Buffer.alloc(2);
  family.writeUInt16BE(FAMILY_WILD);
  const empty = Buffer.alloc(0);
  return Buffer.concat([family, ...[empty, empty, Buffer.from(COOKIE_NAME), cookie].map(counted)]);
}

/** Starts Xvfb on a free display that only holders of a fresh cookie can open; sets DISPLAY and XAUTHORITY. */
export async function startDisplay(place: SessionPlace, screen: string): Promise<Service> {
  if (isRoot() && !existsSync('/tmp/.X11-unix')) {
    mkdirSync('/tmp/.X11-unix');
    chmodSync('/tmp/.X11-unix', 0o1777);
  }
  const authority = join(place.runtimeDir, 'Xauthority');
  writeFileSync(authority, authorityRecord(randomBytes(16)), { mode: 0o600 });
  const { uid, gid } = place.identity;
  if (uid !== undefined && gid !== undefined) chownSync(authority, uid, gid);
  const server = startService(
    place,
    'Xvfb',
    'Xvfb',
    [
      ...['-displayfd', '3', '-screen', '0', screen, '-fbdir', place.runtimeDir],
      ...['-nolisten', 'tcp', '-noreset', '-auth', authority],
    ],
    { fd3: true },
  );
  let number = '';
  server.child.stdio[3]?.on('data', (data: Buffer) => (number += data.toString()));
  await waitFor(server, 'The virtual display', () => number.includes('\n'));
  place.env.DISPLAY = `:${number.trim()}`;
  place.env.XAUTHORITY = authority;
  return server;
}
