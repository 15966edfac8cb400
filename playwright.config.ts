import { defineConfig } from '@playwright/test';
import { join } from 'node:path';

/**
 * End to end, in the real Electron. `npm test e2e` starts this inside a desktop session of its own, whose user may
 * write to MYTOKEN_DESKTOP_RESULTS only.
 */
const results = process.env.MYTOKEN_DESKTOP_RESULTS ?? join(import.meta.dirname, 'test-results');
const report = process.env.MYTOKEN_DESKTOP_REPORT ?? 'e2e.json';

export default defineConfig({
  outputDir: join(results, 'playwright'),
  workers: 1,
  retries: 0,
  timeout: 90_000,
  forbidOnly: Boolean(process.env.CI),
  reporter: [['list'], ['json', { outputFile: join(results, report) }]],
  projects: [
    { name: 'app', testDir: 'test/e2e' },
    { name: 'packaged', testDir: 'test/e2e-packaged' },
  ],
});
