export function installStamp(lockText: string, platform: string): string;
export function installedMatchesLock(lockText: string, installedText: string): boolean;
export function inspectInstall(
  folder: string,
  nodeBinary: string,
  platform?: string,
): { ready: boolean; reason: string };
export function markInstalled(folder: string, platform?: string): void;
