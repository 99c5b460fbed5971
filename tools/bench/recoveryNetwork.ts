import { setTimeout as delay } from 'node:timers/promises';
import { MediaRoute } from '../../packages/sdk-client/e2e/support/mediaRoute.js';
import {
  distribution,
  gapsAround,
  moves,
  repaired,
  repeated,
  switched,
  videos,
  withCall,
} from './disturbedCall.js';
import type { Bench } from './harness/Bench.js';
import type { Direction, RecoveryPage } from './page/types.js';
import { LONGEST } from './recovery.js';

/** Of the page: functions given to `evaluate` run there. */
declare const disturbed: RecoveryPage;

const TOLD = 6;
const UNTOLD = 4;
/** Of each kind. */
const STALLS = 4;
/** Connectivity checks are no further apart. */
const CHECK_INTERVAL_MS = 2500;

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
      async (page) => routes.push(await MediaRoute.of(page)),
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

interface Stall {
  readonly directions: readonly Direction[];
  readonly begin: () => void;
  readonly end: () => void;
}

/**
 * Media of one of the two is cut off, at any moment between two looks and two connectivity checks. Reports and answers
 * still come where what is sent gets lost; signalling goes on.
 */
export const recoveryStall: Bench = {
  name: 'recovery-stall',
  about: 'Time until a page whose media is cut off has noticed it, in each direction that it has to',
  async run() {
    const routes: MediaRoute[] = [];
    const details = await withCall(
      async (call) => {
        await switched(call, 'sfu');
        const [route] = routes;
        const page = call.pages[1];
        const [up, down] = [route?.send.at(-1), route?.recv.at(-1)];
        if (!route || !up || !down) throw new Error('no relays');
        const stalls = async ({ directions, begin, end }: Stall): Promise<number[]> => {
          const all: number[] = [];
          for (let time = 0; time < STALLS; time += 1) {
            await delay(Math.random() * CHECK_INTERVAL_MS);
            await page.evaluate(() => {
              disturbed.watchRepairs();
            });
            begin();
            for (const each of directions)
              all.push(await page.evaluate((direction) => disturbed.noticed(direction), each));
            end();
            for (const each of directions)
              await page.evaluate((direction) => disturbed.recovered(direction), each);
            await Promise.all(call.pages.map(moves));
          }
          return all;
        };
        const sent = await stalls({
          directions: ['send'],
          begin: () => (up.upCut = true),
          end: () => (up.upCut = false),
        });
        const received = await stalls({
          directions: ['recv'],
          begin: () => (down.downCut = true),
          end: () => (down.downCut = false),
        });
        const gone = await stalls({
          directions: ['send', 'recv'],
          begin: () => {
            route.changeNetwork();
          },
          end: () => undefined,
        });
        return [
          ...distribution('noticed, what is sent gets lost', sent),
          ...distribution('noticed, what is received gets lost', received),
          ...distribution('noticed, the address is another', gone),
        ];
      },
      async (page) => routes.push(await MediaRoute.of(page)),
    );
    for (const route of routes) route.close();
    return { measurements: [], details };
  },
};
