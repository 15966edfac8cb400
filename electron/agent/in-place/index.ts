export { createEnvironmentFile, type EnvironmentFile } from './environment-file.ts';
export { createServicePath, type ServicePath } from './service-path.ts';
