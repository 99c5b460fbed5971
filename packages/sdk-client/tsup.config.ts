import { defineConfig } from 'tsup';
import { BUNDLED, collectLicences, withoutUnused } from './bundling.js';

export default defineConfig({
  entry: ['src/index.ts', 'src/testing/index.ts'],
  format: 'esm',
  target: 'es2022',
  platform: 'browser',
  clean: true,
  sourcemap: true,
  // The private wire package is bundled, code and types. The types are found by path: through node_modules the
  // declaration build takes the package's inner files for a foreign library's and leaves their imports in.
  noExternal: ['@parlor/protocol', BUNDLED],
  esbuildPlugins: [withoutUnused, collectLicences],
  dts: {
    compilerOptions: {
      paths: { '@parlor/protocol': ['../protocol/src/index.ts'] },
      // TypeScript 6 deprecates the baseUrl that tsup's declaration build sets.
      ignoreDeprecations: '6.0',
    },
  },
});
