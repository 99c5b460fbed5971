import { driverContract } from '../src/testing/driverContract.js';
import { expect, test } from './support/fixtures.js';

/** What FakeDriver has to do in memory, the real ones do in a browser, with a server that carries media or signals. */
for (const [driver, topology] of [
  ['SfuDriver', 'sfu'],
  ['MeshDriver', 'p2p'],
] as const) {
  test.describe(driver, () => {
    for (const { name } of driverContract) {
      test(name, async ({ browser, host, server }) => {
        const page = await host.open(browser, 'contract');
        expect(await page.evaluate(() => window.contract.names)).toContain(name);
        await page.evaluate((given) => window.contract.run(given.name, given.topology, given.url), {
          name,
          topology,
          url: server.url,
        });
        await page.context().close();
      });
    }
  });
}
