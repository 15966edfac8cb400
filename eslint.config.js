import { defineConfig, globalIgnores } from 'eslint/config';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';

/** Folders of electron/ that run in plain Node: everything they need from Electron comes in as an interface. */
const trustCore = [
  'accounts',
  'vault',
  'mytoken',
  'tokens',
  'manage',
  'profiles',
  'agent',
  'approvals',
  'activity',
  'ports',
  'files',
  'handover',
  'lock',
];
/** Folders of electron/ that may import `electron`. `app/` is the composition root; nobody imports it. */
const electronFolders = [
  'app',
  'windows',
  'tray',
  'clipboard',
  'notifications',
  'security',
  'ipc',
  'preload',
];

const ban = (group, message) => ({ group, message });
const noRenderer = ban(['**/renderer/**'], 'Only the renderer imports the renderer.');
const noSandbox = ban(
  ['**/sandbox/**'],
  'The sandbox stands for somebody else’s server; only tests and scripts start it.',
);
const noMain = ban(['**/electron/**'], 'This folder must not reach into the main process.');
const noTest = ban(['**/test/**'], 'Product code never imports tests.');
const noApp = ban(['**/app/**', '../app', './app'], 'app/ is the composition root: nobody imports it.');
const noDeep = ban(
  [...trustCore, ...electronFolders].map((folder) => `../**/${folder}/!(index.ts)`),
  'Import a feature folder through its index.ts.',
);

export default defineConfig(
  globalIgnores(['node_modules/', 'out/', 'release/', 'test-results/', 'playwright-report/', '.cache/']),
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/unified-signatures': 'off',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-console': 'error',
      'no-restricted-exports': ['error', { restrictDefaultExports: { direct: true } }],
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'Identifier[name=/^(webSecurity|allowRunningInsecureContent|experimentalFeatures|enableBlinkFeatures)$/]',
          message: 'R-6: never weaken Chromium’s web security.',
        },
        {
          selector: 'Identifier[name="setUsePlainTextEncryption"]',
          message: 'R-25: no plain-text storage, ever.',
        },
      ],
    },
  },
  {
    files: ['**/*.ts', '**/*.tsx'],
    ignores: ['shared/zod.ts', 'sandbox/**'],
    rules: {
      // The base rule is spoken for: blocks below set it, and the last one would win.
      '@typescript-eslint/no-restricted-imports': [
        'error',
        { name: 'zod', message: 'shared/zod.ts keeps it from making functions of text.' },
      ],
    },
  },
  {
    files: ['shared/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['electron', 'electron/main'],
          patterns: [noRenderer, noSandbox, noMain, noTest, ban(['node:*'], 'shared/ has no I/O.')],
        },
      ],
    },
  },
  {
    files: ['renderer/**/*.{ts,tsx}'],
    extends: [reactHooks.configs.flat.recommended],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['electron'],
          patterns: [noSandbox, noMain, noTest, ban(['node:*'], 'Windows have no Node.')],
        },
      ],
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { attributes: false } }],
      // We do not use the React Compiler; TanStack Virtual works as it is.
      'react-hooks/incompatible-library': 'off',
    },
  },
  {
    files: ['renderer/**/*.{ts,tsx}'],
    ignores: ['renderer/api/**'],
    rules: {
      'no-restricted-globals': ['error', 'fetch', 'localStorage', 'sessionStorage', 'indexedDB'],
      'no-restricted-properties': [
        'error',
        { object: 'window', property: 'mytokenBridge', message: 'Only renderer/api touches the bridge.' },
      ],
    },
  },
  {
    files: electronFolders.map((folder) => `electron/${folder}/**/*.ts`).concat('electron/main.ts'),
    rules: {
      'no-restricted-imports': ['error', { patterns: [noRenderer, noSandbox, noTest, noDeep, noApp] }],
    },
  },
  {
    // The composition root and the entry wire everything by hand; they may import app/.
    files: ['electron/app/**/*.ts', 'electron/main.ts'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [noRenderer, noSandbox, noTest, noDeep] }],
    },
  },
  {
    files: trustCore.map((folder) => `electron/${folder}/**/*.ts`),
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'electron',
              message: 'The trust core runs in plain Node; take an interface from ports/.',
            },
          ],
          patterns: [noRenderer, noSandbox, noTest, noDeep, noApp],
        },
      ],
    },
  },
  {
    files: ['sandbox/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: ['electron'],
          patterns: [
            noRenderer,
            noMain,
            noTest,
            ban(['**/shared/**'], 'The sandbox imports nothing of ours.'),
          ],
        },
      ],
    },
  },
  {
    files: ['scripts/**/*.ts', 'test/**/*.{ts,tsx}', 'sandbox/main.ts', 'electron/ports/console.ts'],
    rules: { 'no-console': 'off' },
  },
  {
    files: ['test/**/*.{ts,tsx}'],
    rules: { 'max-lines': 'off' },
  },
  {
    // The benchmark and the desktop session do not run under Vitest, so they remove their directories themselves.
    files: ['test/**/*.{ts,tsx}'],
    ignores: ['test/bench/**', 'test/support/desktop-session.ts', 'test/support/temporary-directory.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        ...['node:fs', 'node:fs/promises'].map((name) => ({
          name,
          importNames: ['mkdtemp', 'mkdtempSync'],
          message: 'temporaryDirectory() in test/support/ removes it after the test.',
        })),
      ],
    },
  },
  {
    files: ['**/*.config.ts'],
    rules: { 'no-restricted-exports': 'off' },
  },
);
