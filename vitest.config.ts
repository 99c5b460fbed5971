import { defineConfig } from 'vitest/config';

const conditions = ['@parlor/source', 'node'];
const shared = { resolve: { conditions }, ssr: { resolve: { conditions } } };
const setupFiles = ['./tools/testing/propertySeed.ts'];

/** `unit` needs nothing; `worker` runs against a real mediasoup worker or a real coturn, one file at a time (two cores). */
export default defineConfig({
  test: {
    projects: [
      {
        ...shared,
        test: {
          name: 'unit',
          setupFiles,
          include: [
            'packages/*/{src,test}/**/*.test.ts',
            'apps/*/{src,test}/**/*.test.ts',
            'tools/**/*.test.ts',
          ],
          exclude: ['**/*.{worker,coturn}.test.ts', '**/node_modules/**'],
          // Property tests take a second where nothing else runs, and many where everything does.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        ...shared,
        test: {
          name: 'worker',
          setupFiles,
          include: ['{packages,apps,tools}/*/**/*.{worker,coturn}.test.ts'],
          exclude: ['**/node_modules/**'],
          fileParallelism: false,
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
});
