import { setTimeout as delay } from 'node:timers/promises';
import { MediaRoute } from '../../packages/sdk-client/e2e/support/mediaRoute.js';
import { launchFirefox } from '../testing/launchFirefox.js';
import { distribution, moves, switched, withCall, type Call, type CallOptions } from './disturbedCall.js';
import type { Bench } from './harness/Bench.js';
import type { Detail } from './harness/result.js';
import type { Direction, RecoveryPage } from './page/types.js';

/** Of the page: functions given to `evaluate` run there. */
declare const disturbed: RecoveryPage;

/** Of each kind; Firefox takes longer to get media back, and all of it has a minute. */
const STALLS = { chromium: 3, firefox: 2 };
/** Connectivity checks are no further apart. */
const CHECK_INTERVAL_MS = 2500;
const POLL_MS = 50;

interface Stall {
  readonly directions: readonly Direction[];
  readonly begin: () => void;
  readonly end: () => void;
}

/**
 * Media of one of the two is cut off, at any moment between two looks and two connectivity checks. Reports and answers
 * still come where what is sent gets lost; signalling goes on.
 */
async function stalls(
  times: number,
  { launchSecond }: Pick<CallOptions, 'launchSecond'> = {},
): Promise<Detail[]> {
  const routes: MediaRoute[] = [];
  const details = await withCall(
    async (call) => {
      await switched(call, 'sfu');
      const [route] = routes;
      const [up, down] = [route?.send.at(-1), route?.recv.at(-1)];
      if (!route || !up || !down) throw new Error('no relays');
      const sent = await noticed(call, times, {
        directions: ['send'],
        begin: () => (up.upCut = true),
        end: () => (up.upCut = false),
      });
      const received = await noticed(call, times, {
        directions: ['recv'],
        begin: () => (down.downCut = true),
        end: () => (down.downCut = false),
      });
      const gone = await noticed(call, times, {
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
    { launchSecond, beforeJoining: async (page) => routes.push(await MediaRoute.of(page)) },
  );
  for (const route of routes) route.close();
  return details;
}

/** Milliseconds until each direction was found broken, of the second page. */
async function noticed({ pages }: Call, times: number, { directions, begin, end }: Stall): Promise<number[]> {
  const [, page] = pages;
  const all: number[] = [];
  for (let time = 0; time < times; time += 1) {
    await delay(Math.random() * CHECK_INTERVAL_MS);
    await page.evaluate(() => {
      disturbed.watchRepairs();
    });
    begin();
    for (const each of directions)
      all.push(await polled(() => page.evaluate((direction) => disturbed.noticed(direction), each)));
    end();
    for (const each of directions)
      await polled(() => page.evaluate((direction) => disturbed.recovered(direction), each));
    await Promise.all(pages.map(moves));
  }
  return all;
}

/** Asks until there is an answer. What is measured are times of the page, not of the asking. */
async function polled<T>(look: () => Promise<T>): Promise<Exclude<T, undefined | false>> {
  for (;;) {
    const found = await look();
    if (found !== undefined && found !== false) return found as Exclude<T, undefined | false>;
    await delay(POLL_MS);
  }
}

const ABOUT = 'Time until a page whose media is cut off has noticed it, in each direction that it has to';

export const recoveryStall: Bench = {
  name: 'recovery-stall',
  about: ABOUT,
  run: async () => ({ measurements: [], details: await stalls(STALLS.chromium) }),
};

/** Firefox does not count connectivity checks. */
export const recoveryStallFirefox: Bench = {
  name: 'recovery-stall-firefox',
  about: `${ABOUT}, of Firefox`,
  needs: { program: 'PARLOR_FIREFOX', what: 'Firefox (apt-get install firefox-esr)' },
  run: async () => ({
    measurements: [],
    details: await stalls(STALLS.firefox, { launchSecond: launchFirefox }),
  }),
};
