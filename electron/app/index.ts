export { parseStartRequest, type StartRequest } from './command-line.ts';
export { compose, type DesktopApp } from './compose.ts';
export { openLogFile } from './log-file.ts';
export { appPaths } from './paths.ts';
