import { chromium, type Browser } from '@playwright/test';
import { chromiumArgs } from '../../../../tools/testing/chromiumArgs.js';

export const AUTOPLAY = '--autoplay-policy=no-user-gesture-required';
export const ALLOWED = '--use-fake-ui-for-media-stream';
export const DENIED = '--use-fake-ui-for-media-stream=deny';
export const FAKE_DEVICES = '--use-fake-device-for-media-stream=fps=20';

/** A browser of its own, for a test that needs other devices or permissions than the configured one has. */
export const launchChromium = (...args: string[]): Promise<Browser> =>
  chromium.launch({
    executablePath: process.env['PARLOR_CHROMIUM'] ?? '/usr/bin/chromium',
    headless: true,
    args: [...chromiumArgs, ...args],
  });
