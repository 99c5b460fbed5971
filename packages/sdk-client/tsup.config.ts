import { defineConfig } from 'tsup';

export default defineConfig({
  entry: ['src/index.ts', 'src/testing/index.ts'],
  format: 'esm',
  target: 'es2022',
  platform: 'browser',
  clean: true,
  sourcemap: true,
  // The private wire package is bundled: code by noExternal, types by dts.resolve.
  noExternal: ['@parlor/protocol'],
  // TypeScript 6 deprecates the baseUrl that tsup's declaration build sets.
  dts: { resolve: ['@parlor/protocol'], compilerOptions: { ignoreDeprecations: '6.0' } },
});
