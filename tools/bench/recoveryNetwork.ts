import { MediaRoute } from '../../packages/sdk-client/e2e/support/mediaRoute.js';
import { distribution, gapsAround, repaired, repeated, switched, videos, withCall } from './disturbedCall.js';
import type { Bench } from './harness/Bench.js';
import type { RecoveryPage } from './page/types.js';
import { LONGEST } from './recovery.js';

/** Of the page: functions given to `evaluate` run there. */
declare const disturbed: RecoveryPage;

const TOLD = 6;
const UNTOLD = 4;

/** Of one of the two, whose media goes through the server: as when a phone leaves its Wi-Fi. */
export const recoveryNetwork: Bench = {
  name: 'recovery-network',
  about: `${LONGEST}, when the network of one of them is another`,
  async run() {
    const routes: MediaRoute[] = [];
    const [told, untold] = await withCall(
      async (call) => {
        await switched(call, 'sfu');
        const tell = () =>
          call.pages[1].evaluate(() => {
            disturbed.tellOnline();
          });
        const changed = (times: number, then: () => Promise<unknown>) =>
          repeated(times, () =>
            gapsAround(call, () =>
              repaired({ pages: [call.pages[1]] }, 'mediaRepaired', async () => {
                for (const route of routes) route.changeNetwork();
                await then();
              }),
            ),
          );
        return [await changed(TOLD, tell), await changed(UNTOLD, () => Promise.resolve())] as const;
      },
      { beforeJoining: async (page) => routes.push(await MediaRoute.of(page)) },
    );
    for (const route of routes) route.close();
    return {
      measurements: [],
      details: [
        ...distribution('video after a change of network that the browser tells', videos(told)),
        ...distribution('video after a change of network that it does not', videos(untold)),
      ],
    };
  },
};
