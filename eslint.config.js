import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/** Imports from `folders` (of the same package) are an error, with `why` as the message. */
const noImportsFrom = (folders, why) => ({
  'no-restricted-imports': [
    'error',
    { patterns: [{ group: folders.flatMap((f) => [`**/${f}/**`, `**/${f}`]), message: why }] },
  ],
});

const server = 'packages/sdk-server/src';
const tests = ['**/*.test.ts', '**/test/**', '**/e2e/**', 'tools/**', '**/testing/**'];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/test-results/**',
      '**/.turbo/**',
      '**/playwright-report/**',
    ],
  },
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    files: ['**/*.{ts,mts,tsx,js,mjs}'],
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createTypeScriptImportResolver({ conditionNames: ['@parlor/source', 'types', 'import', 'default'] }),
      ],
    },
    rules: {
      'import-x/no-cycle': 'error',
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      'max-params': ['error', 3],
      'no-console': 'error',
      eqeqeq: 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/no-empty-function': 'off',
      '@typescript-eslint/unified-signatures': 'off',
    },
  },
  // Type-aware rules where a forgotten promise loses a call.
  {
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.ts'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': ['error', { checksVoidReturn: { arguments: false } }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  // The arrows of the server: adapters -> http -> dialects -> core, media -> core.
  {
    files: [`${server}/core/**/*.ts`],
    ignores: tests,
    rules: noImportsFrom(
      [
        'media',
        'dialects',
        'http',
        'adapters',
        'access',
        'ice',
        'cluster',
        'observe',
        'mediasoup',
        'ws',
        'zod',
        'jose',
      ],
      'core knows rooms, not media, wires or frameworks.',
    ),
  },
  {
    files: [`${server}/media/**/*.ts`],
    ignores: tests,
    rules: noImportsFrom(['dialects', 'http', 'adapters', 'access'], 'media may import core only.'),
  },
  {
    files: [`${server}/dialects/**/*.ts`],
    ignores: tests,
    rules: noImportsFrom(
      ['http', 'adapters', 'media', 'mediasoup', 'ws'],
      'a dialect talks to core and to a FramedSocket.',
    ),
  },
  {
    files: [`${server}/http/**/*.ts`],
    ignores: tests,
    rules: noImportsFrom(['adapters', 'media', 'mediasoup'], 'http serves every adapter and knows none.'),
  },
  {
    files: [`${server}/adapters/**/*.ts`],
    ignores: tests,
    rules: {
      ...noImportsFrom(
        ['core', 'media', 'dialects', 'access', 'ice'],
        'an adapter only translates: import http and the public types.',
      ),
      'max-lines': ['error', { max: 90, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    files: ['apps/demo/src/**/*.ts'],
    rules: noImportsFrom(
      ['packages', '@parlor/sdk-server', '@parlor/protocol'],
      'the demo is written against the public client API only.',
    ),
  },
  {
    files: ['packages/sdk-client/src/**/*.ts'],
    ignores: tests,
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: '@parlor/protocol',
              allowTypeImports: true,
              message: 'The client takes types only: zod would land in its bundle.',
            },
          ],
        },
      ],
    },
  },
  {
    files: tests,
    rules: {
      'max-lines': 'off',
      'no-console': 'off',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-imports': ['error', { disallowTypeAnnotations: false }],
    },
  },
);
