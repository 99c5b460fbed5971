import { defineConfig } from '@playwright/test';
import { chromiumArgs } from './tools/testing/chromiumArgs.js';

/**
 * Browser tests on Debian's Chromium with fake devices; what needs Firefox too launches it itself. Two files at a
 * time, on two cores: most of a test is waiting for media, and what does not bear company would not bear a slow machine
 * either. Each test starts the servers that it needs.
 */
export default defineConfig({
  testDir: '.',
  testMatch: ['packages/*/e2e/**/*.spec.ts', 'apps/*/e2e/**/*.spec.ts'],
  outputDir: 'test-results',
  workers: 2,
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
