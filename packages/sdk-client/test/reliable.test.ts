import { createParlor, type Parlor } from '@parlor/sdk-server';
import { attachParlor, parlorNode } from '@parlor/sdk-server/node';
import { FakeBackend } from '@parlor/sdk-server/testing';
import fc from 'fast-check';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocket } from 'ws';
import { Room } from '../src/index.js';
import type { WebSocketLike } from '../src/platform.js';
import { createFakeDrivers, FakeMediaDevices, Faults } from '../src/testing/index.js';

/** Our client against our server over real sockets that break, and that swallow what was on its way when they do. */

let parlor: Parlor;
let http: Server;
let url: string;
let rooms = 0;

beforeAll(async () => {
  parlor = await createParlor({ access: { allowAnonymous: true }, media: new FakeBackend() });
  http = createServer(parlorNode({ parlor }));
  attachParlor(http, parlor);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  url = `http://127.0.0.1:${String((http.address() as AddressInfo).port)}/ws`;
});

afterAll(async () => {
  await parlor.close();
  http.close();
});

class Talker {
  readonly said: string[] = [];
  readonly heard: unknown[] = [];
  readonly faults = new Faults({
    createWebSocket: (address, protocols) => {
      const socket = new WebSocket(address, protocols);
      // What is wrong comes with `close`, as in a browser.
      socket.on('error', () => undefined);
      return socket as WebSocketLike;
    },
    mediaDevices: new FakeMediaDevices(),
    page: { href: undefined, online: true, on: () => () => undefined },
  });
  readonly room: Room;
  readonly #answers: Promise<void>[] = [];

  constructor(readonly name: string) {
    this.room = new Room({
      peerId: name,
      driver: createFakeDrivers().factory,
      platform: this.faults.platform,
      reconnectPolicy: { nextDelay: ({ attempt }) => attempt },
    });
    this.room.on('dataReceived', (payload) => this.heard.push(payload));
  }

  say(): void {
    const message = `${this.name} ${String(this.said.length)}`;
    this.said.push(message);
    const sent = this.room.localParticipant.sendMessage(message, { reliable: true });
    sent.catch(() => undefined);
    this.#answers.push(sent);
  }

  answered(): Promise<unknown> {
    return Promise.all(this.#answers);
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

/** What can happen to somebody. */
const ACTIONS = {
  say: (talker: Talker) => {
    talker.say();
  },
  cut: (talker: Talker) => {
    talker.faults.cutSockets();
  },
  /** As when a network goes: what is said from here on is swallowed, and later it shows. */
  lose: async ({ faults }: Talker) => {
    faults.muteSockets();
    for (let passed = 0; passed < 5; passed++) await turn();
    faults.signalling();
    faults.cutSockets();
  },
  slow: ({ faults }: Talker) => {
    faults.signalling({ toServer: { delayMs: 3 }, toClient: { delayMs: 2, duplicate: 0.5 } });
  },
  fast: ({ faults }: Talker) => {
    faults.signalling();
  },
  rest: turn,
} as const;

const step = fc.record({
  who: fc.constantFrom(0, 1),
  action: fc.oneof(
    { weight: 6, arbitrary: fc.constant('say' as const) },
    { weight: 6, arbitrary: fc.constantFrom('cut', 'lose', 'slow', 'fast', 'rest') },
  ),
});

test('reliable messages arrive once and in order, whatever breaks', { timeout: 120_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 40 }), async (steps) => {
      const [alice, bob] = [new Talker('alice'), new Talker('bob')];
      const room = `reliable ${String((rooms += 1))}`;
      const lost = vi.fn();
      for (const talker of [alice, bob]) {
        talker.room.on('reconnecting', lost);
        await talker.room.connect(url, undefined, { room });
      }
      for (const { who, action } of steps) {
        await ACTIONS[action](who === 0 ? alice : bob);
        await Promise.resolve();
      }
      for (const { faults } of [alice, bob]) faults.signalling();
      await Promise.all([alice.answered(), bob.answered()]);
      await vi.waitFor(() => {
        expect(alice.heard.length).toBeGreaterThanOrEqual(bob.said.length);
        expect(bob.heard.length).toBeGreaterThanOrEqual(alice.said.length);
      });
      // What came twice would come behind.
      await Promise.all([alice, bob].map((talker) => talker.room.localParticipant.sendMessage('end')));
      await vi.waitFor(() => {
        for (const { heard } of [alice, bob]) expect(heard.at(-1)).toBe('end');
      });
      expect(alice.heard).toEqual([...bob.said, 'end']);
      expect(bob.heard).toEqual([...alice.said, 'end']);
      // The session was taken up each time: nothing was joined anew.
      expect(lost).not.toHaveBeenCalled();
      for (const talker of [alice, bob]) await talker.room.disconnect();
    }),
    { numRuns: 60 },
  );
});
