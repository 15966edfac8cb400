import fs from 'node:fs/promises';
import type { VaultFs } from '../../electron/vault/index.ts';

export interface FaultyFs {
  readonly fs: VaultFs;
  /** Steps that changed or synced something so far, by name. */
  readonly steps: string[];
  /** Lets this many more steps through; from then on every step fails. */
  failAfter(steps: number): void;
  /** Lets steps for which this is true fail, once per call. */
  failWhen(condition: (step: string, path: string) => boolean): void;
  heal(): void;
  /** Whether anything failed so far. */
  broke(): boolean;
}

/**
 * The real file system, until it is told to break. Failing for good from step N on leaves the disk as a crash at that
 * moment would; a write that fails has written its first half.
 */
export function faultyFs(code = 'ENOSPC'): FaultyFs {
  const steps: string[] = [];
  let budget = Number.POSITIVE_INFINITY;
  let failed = false;
  let condition: (step: string, path: string) => boolean = () => false;

  const fails = (step: string, path: string): boolean => {
    if (budget <= 0 || condition(step, path)) {
      failed = true;
      return true;
    }
    budget -= 1;
    steps.push(step);
    return false;
  };
  const failure = (step: string): Error => Object.assign(new Error(`${code}: ${step}`), { code });
  const guard = async <T>(step: string, path: string, task: () => Promise<T>): Promise<T> => {
    if (fails(step, path)) throw failure(step);
    return task();
  };

  const wrapHandle = (handle: fs.FileHandle, path: string): fs.FileHandle =>
    new Proxy(handle, {
      get(target, name) {
        if (name === 'writeFile') {
          return async (content: Buffer) => {
            if (!fails('write', path)) return target.writeFile(content);
            await target.writeFile(content.subarray(0, content.length >> 1));
            throw failure('write');
          };
        }
        if (name === 'sync') return () => guard('sync', path, () => target.sync());
        const value: unknown = Reflect.get(target, name, target);
        return typeof value === 'function' ? (value.bind(target) as unknown) : value;
      },
    });

  return {
    steps,
    broke: () => failed,
    failAfter: (count) => (budget = count),
    failWhen: (when) => (condition = when),
    heal() {
      budget = Number.POSITIVE_INFINITY;
      condition = () => false;
    },
    fs: {
      ...fs,
      async open(path, flags, mode) {
        if (flags !== 'wx') return wrapHandle(await fs.open(path, flags, mode), String(path));
        const handle = await guard('create', String(path), () => fs.open(path, flags, mode));
        return wrapHandle(handle, String(path));
      },
      rename: (from, to) => guard('rename', String(to), () => fs.rename(from, to)),
      unlink: (path) => guard('unlink', String(path), () => fs.unlink(path)),
      link: (from, to) => guard('link', String(to), () => fs.link(from, to)),
      copyFile: (from, to, flags) => guard('copy', String(to), () => fs.copyFile(from, to, flags)),
      chmod: (path, mode) => guard('chmod', String(path), () => fs.chmod(path, mode)),
    },
  };
}
