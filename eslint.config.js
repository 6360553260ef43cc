import js from '@eslint/js';
import prettier from 'eslint-config-prettier';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** A room may import from itself and from the rooms below it; `docs/architecture.md` draws the picture. */
const mayImport = {
  protocol: [],
  core: [],
  store: ['core'],
  keeper: ['core', 'protocol'],
  supervisor: ['core', 'protocol', 'store', 'keeper', 'control'],
  control: ['core', 'protocol', 'store', 'keeper'],
  'command-worker': ['core', 'protocol'],
  cli: ['core', 'control'],
  extension: ['core', 'control'],
  http: ['core', 'control', 'keeper'],
};

const rooms = Object.keys(mayImport);
const zones = rooms.map((room) => ({
  target: `./src/${room}`,
  from: './src',
  except: [`./${room}`, ...mayImport[room].map((below) => `./${below}`)],
  message: `src/${room} may import only from: ${[room, ...mayImport[room]].join(', ')}.`,
}));

const io = ['fs', 'net', 'child_process', 'http', 'os', 'worker_threads', 'process', 'dgram', 'tls'];

export default tseslint.config(
  {
    ignores: [
      'dist',
      'node_modules',
      '.vscode-test',
      'test-output',
      'src/protocol/generated',
      'protocol/node/**/*.d.ts',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strict,
  {
    plugins: { 'import-x': importX },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-default-export': 'error',
      'max-lines': ['error', { max: 350, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/no-dynamic-delete': 'off',
      '@typescript-eslint/no-invalid-void-type': 'off',
      '@typescript-eslint/no-extraneous-class': 'off',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      'no-restricted-imports': [
        'error',
        { paths: [{ name: 'vscode', message: 'Only src/extension imports vscode.' }] },
      ],
      eqeqeq: ['error', 'always'],
      'no-console': 'off',
    },
  },
  {
    files: ['src/**/*.ts', 'test/**/*.ts', 'bench/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/await-thenable': 'error',
    },
  },
  {
    // `describe` and `it` of node:test return promises that the runner itself awaits.
    files: ['test/**/*.ts'],
    rules: {
      '@typescript-eslint/no-floating-promises': [
        'error',
        {
          allowForKnownSafeCalls: [
            {
              from: 'package',
              package: 'node:test',
              name: ['describe', 'it', 'test', 'suite', 'before', 'after', 'beforeEach', 'afterEach'],
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/extension/**', 'test/vscode/**'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    files: ['src/core/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            { name: 'vscode', message: 'Only src/extension imports vscode.' },
            ...io
              .flatMap((name) => [name, `node:${name}`])
              .map((name) => ({ name, message: 'src/core does no I/O.' })),
          ],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'setTimeout', 'setInterval', 'fetch', 'performance'],
      'no-restricted-properties': ['error', { object: 'Date', property: 'now', message: 'Take a Clock.' }],
    },
  },
  {
    files: ['src/core/clock.ts'],
    rules: { 'no-restricted-globals': 'off', 'no-restricted-properties': 'off' },
  },
  {
    // SQL stays in src/store: statements anywhere else are a hole in the one place that may change the database.
    files: ['src/**/*.ts'],
    ignores: ['src/store/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector:
            'Literal[value=/^\\s*(SELECT .+ FROM|INSERT INTO|UPDATE .+ SET|DELETE FROM|CREATE TABLE)\\b/i]',
          message: 'Only src/store holds SQL.',
        },
        {
          selector:
            'TemplateElement[value.raw=/^\\s*(SELECT .+ FROM|INSERT INTO|UPDATE .+ SET|DELETE FROM|CREATE TABLE)\\b/i]',
          message: 'Only src/store holds SQL.',
        },
      ],
    },
  },
  {
    files: ['**/*.config.js', 'build.ts'],
    rules: { 'import-x/no-default-export': 'off' },
  },
  {
    files: ['protocol/node/**/*.js', 'examples/**/*.{js,cjs}', 'test/**/*.cjs'],
    languageOptions: {
      sourceType: 'commonjs',
      globals: {
        require: 'readonly',
        module: 'writable',
        process: 'readonly',
        Buffer: 'readonly',
        console: 'readonly',
        setInterval: 'readonly',
        clearInterval: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        setImmediate: 'readonly',
        AbortController: 'readonly',
        __dirname: 'readonly',
      },
    },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  prettier,
);
