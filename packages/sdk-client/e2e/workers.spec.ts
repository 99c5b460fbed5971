import type { Page } from '@playwright/test';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import type { Rgb } from './pages/colours.js';
import { expectDecodes, expectHears, expectSees } from './support/expectMedia.js';
import { expect, test, type JoinPage } from './support/fixtures.js';
import { childrenOf } from './support/processes.js';

/** A room that is on two workers, because one of them does not bear a third participant. */

const LOOKS = {
  alice: { rgb: [220, 30, 30], hz: 500 },
  bob: { rgb: [30, 40, 220], hz: 900 },
  carol: { rgb: [30, 180, 40], hz: 700 },
  dave: { rgb: [200, 200, 40], hz: 1100 },
} as const satisfies Record<string, { rgb: Rgb; hz: number }>;
type Name = keyof typeof LOOKS;
type People = ReadonlyMap<Name, Page>;

/** What two send, and what they receive of each other. */
const ENOUGH_FOR_TWO = 6;

async function enter(join: JoinPage, name: Name, { url }: { url: string }): Promise<Page> {
  const page = await join(name, { url });
  await page.evaluate(
    ({ rgb, hz }) => Promise.all([window.call.publishColour(rgb), window.call.publishTone(hz)]),
    { rgb: [...LOOKS[name].rgb] as Rgb, hz: LOOKS[name].hz },
  );
  return page;
}

/** Everybody sees and hears everybody, and nobody somebody else. */
async function expectCall(people: People): Promise<void> {
  for (const [name, page] of people)
    for (const from of people.keys()) {
      if (from === name) continue;
      await expectDecodes(page, { from });
      await expectSees(page, { from, rgb: [...LOOKS[from].rgb] as Rgb });
      await expectHears(page, { from, hz: LOOKS[from].hz });
    }
}

/** Of each worker, in the order of their numbers. */
async function onWorkers({ url }: TestServer, what: string): Promise<number[]> {
  const metrics = await (await fetch(`${url}/metrics`)).text();
  const samples = metrics.matchAll(new RegExp(`^parlor_worker_${what}\\{worker="\\d+"\\} (\\d+)$`, 'gm'));
  return [...samples].map(([, value]) => Number(value)).sort();
}

const expectOnWorkers = (server: TestServer, what: string, counts: number[]) =>
  expect.poll(() => onWorkers(server, what), { message: `${what} of the workers` }).toEqual(counts);

test('a room spreads over two workers, shrinks to one, and outlives the death of either', async ({
  join,
}) => {
  test.setTimeout(180_000);
  const server = await startServer([
    ...['--dev', '--workers', '2'],
    ...['--max-consumers-per-worker', String(ENOUGH_FOR_TWO)],
  ]);
  const people = new Map<Name, Page>();
  for (const name of ['alice', 'bob'] as const) people.set(name, await enter(join, name, server));
  await expectCall(people);
  await expectOnWorkers(server, 'rooms', [0, 1]);
  await expectOnWorkers(server, 'piped_producers', [0, 0]);

  const carol = await enter(join, 'carol', server);
  people.set('carol', carol);
  await expectCall(people);
  await expectOnWorkers(server, 'rooms', [1, 1]);
  // Carol's two to the others, theirs to carol.
  await expectOnWorkers(server, 'piped_producers', [2, 4]);

  // Who speaks is heard on two workers, and told of as one list.
  for (const page of people.values())
    await expect
      .poll(() => page.evaluate(() => window.call.room.activeSpeakers.map(({ identity }) => identity).sort()))
      .toEqual(['alice', 'bob', 'carol']);

  await carol.evaluate(() => window.call.room.disconnect());
  people.delete('carol');
  await expectOnWorkers(server, 'rooms', [0, 1]);
  await expectOnWorkers(server, 'routers', [0, 1]);
  await expectOnWorkers(server, 'piped_producers', [0, 0]);
  await expectCall(people);

  people.set('dave', await enter(join, 'dave', server));
  await expectCall(people);
  await expectOnWorkers(server, 'rooms', [1, 1]);
  const [victim = 0, ...others] = childrenOf(server.pid);
  expect(others).toHaveLength(1);
  process.kill(victim, 'SIGKILL');
  await server.logged('worker replaced');
  await expectCall(people);
  for (const page of people.values()) {
    const told = await page.evaluate(() => window.call.events.map(({ event }) => event));
    expect(told).not.toContain('disconnected');
  }
  for (const page of people.values()) await page.evaluate(() => window.call.room.disconnect());
  await expectOnWorkers(server, 'rooms', [0, 0]);
  expect(await server.stop()).toBe(0);
});
