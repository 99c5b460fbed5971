import { test, type Browser, type Page } from '@playwright/test';
import { createHmac } from 'node:crypto';
import { expect } from '../../../tools/testing/expect.js';
import { freePort } from '../../../tools/testing/freePort.js';
import { startCoturn, type Coturn } from '../../../tools/testing/startCoturn.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import type { RelayJoin } from './pages/relay.js';
import { servePages, type PageServer } from './support/pages.js';

/** Calls that go through a real TURN server and could not go any other way. */

const SECRET = 'north';
/** Media on the address that the TURN server relays from. */
const ARGS = ['--dev', '--listen-ip', '127.0.0.1'];

let coturn: Coturn;
let pages: PageServer;
test.beforeAll(async () => {
  [coturn, pages] = await Promise.all([startCoturn({ secret: SECRET }), servePages()]);
});
test.afterAll(async () => {
  pages.close();
  await coturn.stop();
});

async function withServer(env: Record<string, string>, run: (server: TestServer) => Promise<void>) {
  const server = await startServer(ARGS, env);
  try {
    await run(server);
  } finally {
    expect(await server.stop()).toBe(0);
  }
}

type Joining = Omit<RelayJoin, 'server' | 'room'>;

async function joinByRelay(browser: Browser, server: TestServer, joining: Joining): Promise<Page> {
  const page = await pages.open(browser, 'relay');
  const options: RelayJoin = { server: server.url, room: 'relayed', ...joining };
  await page.evaluate((given) => window.relay.join(given), options);
  return page;
}

async function expectFrames(page: Page, of: 'relay' | 'pair'): Promise<void> {
  const frames = () => page.evaluate((name) => window[name].framesDecoded(), of);
  const before = await frames();
  await expect.poll(frames, { message: 'frames decoded' }).toBeGreaterThan(before + 10);
}

/** Two clients of ours see each other, each of their `connections` through `relay`. */
async function expectCall(
  browser: Browser,
  server: TestServer,
  { topology, relay }: { topology: RelayJoin['topology']; relay: string },
): Promise<void> {
  const alice = await joinByRelay(browser, server, { peerId: 'alice', topology });
  await alice.evaluate(() => window.relay.publish());
  const bob = await joinByRelay(browser, server, { peerId: 'bob', topology });
  await bob.evaluate(() => window.relay.publish());
  const expected = topology === 'sfu' ? [relay, relay] : [relay];
  for (const page of [alice, bob]) {
    await expectFrames(page, 'relay');
    expect(await page.evaluate(() => window.relay.selectedCandidates())).toEqual(expected);
  }
  await alice.context().close();
  await bob.context().close();
}

const expectSfuCall = (browser: Browser, server: TestServer, relay: string) =>
  expectCall(browser, server, { topology: 'sfu', relay });

/** Two clients of ours that cannot see each other are told why. */
async function expectFailure(
  browser: Browser,
  server: TestServer,
  { topology, code }: { topology: RelayJoin['topology']; code: string },
): Promise<void> {
  const alice = await joinByRelay(browser, server, { peerId: 'alice', topology });
  const bob = await joinByRelay(browser, server, { peerId: 'bob', topology });
  await alice.evaluate(() => window.relay.publish());
  for (const page of [alice, bob]) {
    const failure = () => page.evaluate(() => window.relay.failures()[0]);
    await expect.poll(failure, { timeout: 30_000 }).toBe(code);
  }
  await alice.context().close();
  await bob.context().close();
}

for (const protocol of ['udp', 'tcp'] as const) {
  test(`a call through the SFU, relayed, by ${protocol} to the relay`, async ({ browser }) => {
    const url = protocol === 'udp' ? coturn.url : coturn.tcpUrl;
    await withServer({ PARLOR_TURN_URLS: url, PARLOR_TURN_SECRET: SECRET }, async (server) => {
      await expectSfuCall(browser, server, `relay ${protocol}`);
    });
    expect(coturn.log.join('\n')).toMatch(/ALLOCATE processed, success/);
  });
}

test('a call between two browsers, relayed, each with its own credentials', async ({ browser }) => {
  await withServer({ PARLOR_TURN_URLS: coturn.url, PARLOR_TURN_SECRET: SECRET }, async (server) => {
    const page = await pages.open(browser, 'pair');
    const servers = await page.evaluate(
      (socketUrl) =>
        Promise.all(
          ['alice', 'bob'].map((peerId) => window.pair.iceServers(socketUrl, { roomId: 'direct', peerId })),
        ),
      server.socketUrl,
    );
    const users = servers.map(([turn]) => turn?.username?.split(':')[1]);
    expect(users).toEqual(['alice', 'bob']);
    await page.evaluate(([a = [], b = []]) => window.pair.call(a, b), servers);
    await expectFrames(page, 'pair');
    expect(await page.evaluate(() => window.pair.selectedCandidates())).toEqual(['relay udp', 'relay udp']);
    for (const user of users) expect(coturn.log.join('\n')).toContain(`:${String(user)}>`);
    await page.context().close();
  });
});

for (const protocol of ['udp', 'tcp'] as const) {
  test(`a call of two of our clients in a mesh, relayed, by ${protocol} to the relay`, async ({
    browser,
  }) => {
    const url = protocol === 'udp' ? coturn.url : coturn.tcpUrl;
    await withServer({ PARLOR_TURN_URLS: url, PARLOR_TURN_SECRET: SECRET }, async (server) => {
      await expectCall(browser, server, { topology: 'p2p', relay: `relay ${protocol}` });
    });
  });
}

test('a pair of a mesh that does not connect by itself is tried again through the relay alone', async ({
  browser,
}) => {
  await withServer({ PARLOR_TURN_URLS: coturn.url, PARLOR_TURN_SECRET: SECRET }, async (server) => {
    const open = async (peerId: string) => {
      const page = await pages.open(browser, 'relay');
      await page.evaluate(
        async (options) => {
          window.relay.failFirstTry();
          await window.relay.join(options);
        },
        { server: server.url, room: 'retried', peerId, topology: 'p2p', iceTransportPolicy: 'all' } as const,
      );
      return page;
    };
    const [alice, bob] = [await open('alice'), await open('bob')];
    await alice.evaluate(() => window.relay.publish());
    await bob.evaluate(() => window.relay.publish());
    // The one that makes the offers goes through the relay; to the other it is an address like any other.
    await expect
      .poll(() => alice.evaluate(() => window.relay.policies()), { timeout: 60_000 })
      .toEqual(['relay']);
    for (const page of [alice, bob]) await expectFrames(page, 'relay');
    expect(await alice.evaluate(() => window.relay.selectedCandidates())).toEqual(['relay udp']);
    for (const page of [alice, bob]) {
      expect(await page.evaluate(() => window.relay.lost())).toBeGreaterThan(0);
      expect(await page.evaluate(() => window.relay.failures())).toEqual([]);
      await page.context().close();
    }
  });
});

test('static credentials', async ({ browser }) => {
  // What a time-limited credential is made of, for a year: to the TURN server it is a password like any other.
  const username = `${String(Math.floor(Date.now() / 1000) + 365 * 86_400)}:everybody`;
  const credential = createHmac('sha1', SECRET).update(username).digest('base64');
  const turnServers = [{ urls: coturn.url, username, credential }];
  await withServer({ PARLOR_TURN_SERVERS: JSON.stringify(turnServers) }, async (server) => {
    await expectSfuCall(browser, server, 'relay udp');
  });
  expect(coturn.log.join('\n')).toContain(':everybody>');
});

test.describe('a TURN server that refuses', () => {
  const expired = `${String(Math.floor(Date.now() / 1000) - 60)}:alice`;
  const credentials = (secret: string, username: string) => ({
    username,
    credential: createHmac('sha1', secret).update(username).digest('base64'),
  });
  for (const topology of ['sfu', 'p2p'] as const) {
    const expectRefused = (browser: Browser, env: Record<string, string>) =>
      withServer(env, (server) => expectFailure(browser, server, { topology, code: 'TURN_UNAUTHORIZED' }));

    test(`credentials made with another secret is named as the reason, ${topology}`, async ({ browser }) => {
      await expectRefused(browser, { PARLOR_TURN_URLS: coturn.url, PARLOR_TURN_SECRET: 'south' });
    });

    test(`credentials that have expired is named as the reason, ${topology}`, async ({ browser }) => {
      const turnServers = [{ urls: coturn.url, ...credentials(SECRET, expired) }];
      await expectRefused(browser, { PARLOR_TURN_SERVERS: JSON.stringify(turnServers) });
    });
  }
});

test('no TURN server that can be reached is named as the reason', async ({ browser }) => {
  const urls = `turn:127.0.0.1:${String(await freePort())}?transport=tcp`;
  await withServer({ PARLOR_TURN_URLS: urls, PARLOR_TURN_SECRET: SECRET }, async (server) => {
    await expectFailure(browser, server, { topology: 'sfu', code: 'TURN_UNREACHABLE' });
  });
});

test.describe('a dead first TURN server', () => {
  let dead: string;
  let env: Record<string, string>;
  test.beforeAll(async () => {
    dead = `turn:127.0.0.1:${String(await freePort())}?transport=udp`;
    env = {
      PARLOR_TURN_SERVERS: JSON.stringify([{ urls: dead, weight: 1000 }, { urls: coturn.url }]),
      PARLOR_TURN_SECRET: SECRET,
    };
  });

  const given = (page: Page, server: TestServer) =>
    page.evaluate(async (socketUrl) => {
      const servers = await window.pair.iceServers(socketUrl, { roomId: 'asking', peerId: 'asker' });
      return servers.flatMap(({ urls }) => urls);
    }, server.socketUrl);

  test('does not stop a call that was told of it', async ({ browser }) => {
    await withServer({ ...env, PARLOR_TURN_PROBE: 'false' }, async (server) => {
      const page = await pages.open(browser, 'pair');
      expect(await given(page, server)).toEqual([dead, coturn.url]);
      await page.context().close();
      await expectSfuCall(browser, server, 'relay udp');
    });
  });

  test('is not given out any more once it is known', async ({ browser }) => {
    await withServer(env, async (server) => {
      expect(await server.logged('TURN server does not answer: it is left out')).toMatchObject({
        turnServer: dead,
      });
      const page = await pages.open(browser, 'pair');
      expect(await given(page, server)).toEqual([coturn.url]);
      await page.context().close();
      await expectSfuCall(browser, server, 'relay udp');
    });
  });
});
