import { chromium, test, type Browser } from '@playwright/test';

/** A browser like the shared one, but with other media flags: they cannot be changed in one that runs. */
export async function launchChromium(mediaFlags: readonly string[]): Promise<Browser> {
  const { launchOptions } = test.info().project.use;
  const others = (launchOptions?.args ?? []).filter((flag) => !/fake|autoplay/.test(flag));
  return await chromium.launch({ ...launchOptions, headless: true, args: [...others, ...mediaFlags] });
}
