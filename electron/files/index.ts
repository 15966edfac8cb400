export { createKeptFiles, type KeptFiles, type KeptFilesStorage } from './kept-files.ts';
export { writePrivateFile } from './private-file.ts';
