import { expect as playwright } from '@playwright/test';

/** Milliseconds between looks, the last ones again and again. Playwright's own looks are soon a second apart. */
const intervals = [100, 150, 250];

const poll: typeof playwright.poll = (actual, given) =>
  playwright.poll(actual, { intervals, ...(typeof given === 'string' ? { message: given } : given) });

/** Playwright's, but `poll` looks more often. */
export const expect: typeof playwright = Object.assign(playwright.configure({}), { poll });
