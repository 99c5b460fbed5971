import { createTypeScriptImportResolver } from 'eslint-import-resolver-typescript';
import { importX } from 'eslint-plugin-import-x';
import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

/** Imports from `names`, folders of the same package or libraries, are an error, with `why` as the message. */
const noImportsFrom = (names, why, ...more) => ({
  'no-restricted-imports': [
    'error',
    {
      patterns: [{ group: names.flatMap((name) => [`**/${name}/**`, `**/${name}`]), message: why }, ...more],
    },
  ],
});

/** Every library but those in `names`: what is neither a path nor Node's own. */
const otherLibraries = (names, message) => ({ regex: `^(?!\\.|node:|(${names.join('|')})$)`, message });

const server = 'packages/sdk-server/src';
const tests = ['**/*.test.ts', '**/test/**', '**/e2e/**', 'tools/**', '**/testing/**'];

export default defineConfig(
  {
    ignores: [
      '**/dist/**',
      '**/node_modules/**',
      '**/test-results/**',
      '**/.turbo/**',
      '**/.compiled/**',
      '**/playwright-report/**',
    ],
  },
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    files: ['**/*.{ts,mts,tsx,js,mjs}'],
    plugins: { 'import-x': importX },
    settings: {
      // What makes import-x look into TypeScript files at all: without these no cycle is ever found.
      'import-x/extensions': ['.ts', '.mts', '.tsx', '.js', '.mjs'],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.mts', '.tsx'] },
      'import-x/resolver-next': [
        createTypeScriptImportResolver({ conditionNames: ['@parlor/source', 'types', 'import', 'default'] }),
      ],
    },
    rules: {
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
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
    files: ['packages/*/src/**/*.ts', 'apps/*/src/**/*.{ts,tsx}'],
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
      ['media', 'dialects', 'http', 'adapters', 'access', 'ice', 'cluster', 'observe'],
      'core knows rooms, not media, wires or frameworks.',
      otherLibraries(
        ['@parlor/protocol', 'eventemitter3', 'typed-emitter'],
        'core uses no library but the event emitter.',
      ),
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
  // Offer and answer over core's peers: dialects that speak SDP share it.
  {
    files: [`${server}/sdp/**/*.ts`],
    ignores: tests,
    rules: noImportsFrom(
      ['dialects', 'http', 'adapters', 'access', 'ice', 'media', 'mediasoup', 'ws'],
      'sdp talks to core: it knows neither the wire nor the media library.',
    ),
  },
  {
    files: [`${server}/{access,ice}/**/*.ts`],
    ignores: tests,
    rules: noImportsFrom(
      ['dialects', 'http', 'adapters', 'media', 'mediasoup', 'ws'],
      'access and ICE serve whoever asks and know none of them.',
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
    files: ['apps/demo/src/**/*.{ts,tsx}'],
    rules: noImportsFrom(
      ['packages', '@parlor/sdk-server', '@parlor/protocol', 'mediasoup-client'],
      'the demo is written against the public client API only.',
    ),
  },
  {
    files: ['packages/sdk-client/src/**/*.ts'],
    ignores: tests,
    rules: {
      ...noImportsFrom(
        ['sdk-server', 'protocol/src', 'zod'],
        'the client runs in a browser and shares only @parlor/protocol with the server.',
        { regex: '^node:', message: 'the client runs in a browser.' },
      ),
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
