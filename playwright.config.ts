import { defineConfig } from '@playwright/test';
import { chromiumArgs } from './tools/testing/chromiumArgs.js';

/**
 * Browser tests on Debian's Chromium with fake devices; what needs Firefox too launches it itself. One at a time: two
 * of them at once starve each other's media on two cores, and then a failure says nothing. Each test starts the servers
 * that it needs.
 */
export default defineConfig({
  testDir: '.',
  testMatch: ['packages/*/e2e/**/*.spec.ts', 'apps/*/e2e/**/*.spec.ts'],
  outputDir: 'test-results',
  workers: 1,
  fullyParallel: false,
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  // For machines several times slower than those on which it takes a tenth of that.
  timeout: 180_000,
  expect: { timeout: 30_000 },
  reporter: 'list',
  use: {
    browserName: 'chromium',
    headless: true,
    screenshot: 'only-on-failure',
    launchOptions: {
      executablePath: process.env['PARLOR_CHROMIUM'] ?? '/usr/bin/chromium',
      args: [
        ...chromiumArgs,
        '--autoplay-policy=no-user-gesture-required',
        '--use-fake-ui-for-media-stream',
        '--use-fake-device-for-media-stream=fps=30',
      ],
    },
  },
});
