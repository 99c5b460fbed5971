import { driverContract } from '../src/testing/driverContract.js';
import { expect, test } from './support/fixtures.js';

/** What FakeDriver has to do in memory, SfuDriver does in a browser with a server and its media worker. */
test.describe('SfuDriver', () => {
  for (const { name } of driverContract) {
    test(name, async ({ browser, host, server }) => {
      const page = await host.open(browser, 'contract');
      expect(await page.evaluate(() => window.contract.names)).toContain(name);
      await page.evaluate((given) => window.contract.run(given.name, given.url), { name, url: server.url });
      await page.context().close();
    });
  }
});
