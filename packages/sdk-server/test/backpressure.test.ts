import { afterEach, expect, test } from 'vitest';
import { socketServer, type SocketClient, type SocketServer } from './support/socketServer.js';

let server: SocketServer | undefined;

afterEach(async () => {
  await server?.close();
});

/** Far more than systems keep for a socket that nobody reads. */
const MESSAGES = 200;
const TEXT = 'x'.repeat(256 * 1024);

interface Joined {
  peers: { id: string }[];
  resumeToken: string;
}

const join = (client: SocketClient, more: object = {}) =>
  client.ask<Joined>('joinRoom', {
    roomId: client.roomId,
    peerId: client.peerId,
    resumable: true,
    topology: 'p2p',
    ...more,
  });

const numberOf = (data: Record<string, unknown> | undefined) =>
  (data?.['payload'] as { number?: number } | undefined)?.number;

const numbersOf = ({ log }: SocketClient) =>
  log.frames.flatMap(({ method, data }) => (method === 'message' ? [numberOf(data)] : []));

const arrivalOf = (number: number, { log }: SocketClient) =>
  log.find(({ method, data }) => method === 'message' && numberOf(data) === number);

const firstNumbers = (count: number) => Array.from({ length: count }, (_, number) => number);

test(
  'who does not read holds up nobody, is let go of, and comes back to the room as it is then',
  { timeout: 60_000 },
  async () => {
    server = await socketServer({
      media: 'none',
      // It would read what was sent before it closed, if it read.
      socketLimits: { maxBufferedBytes: 1024 * 1024, closeTimeoutMs: 60_000 },
    });
    const [slow, quick] = [await server.connect('slow'), await server.connect('quick')];
    const { resumeToken } = await join(slow);
    await join(quick);
    const room = server.parlor.rooms.get('room');
    slow.ws.pause();

    for (let number = 0; number < MESSAGES; number++) {
      room?.sendMessage('news', { number, text: TEXT });
      await arrivalOf(number, quick);
    }
    expect(numbersOf(quick)).toEqual(firstNumbers(MESSAGES));

    slow.ws.resume();
    expect(await slow.closed).toEqual([4408, 'SLOW_RECEIVER: reads too slowly']);
    // In order and without a gap, up to where it was given up.
    const { length } = numbersOf(slow);
    expect(numbersOf(slow)).toEqual(firstNumbers(length));
    expect(length).toBeLessThan(MESSAGES);

    const back = await server.connect('slow');
    const seq = Number(slow.log.frames.at(-1)?.data?.['seq']);
    const resumed = await back.request('resumeSession', { resumeToken, seq });
    // Too much was said meanwhile to be said again: it takes the state of the room in place of it.
    expect(resumed).toMatchObject({ ok: false, code: 'SESSION_NOT_FOUND' });
    const { peers } = await join(back, { resumeToken });
    expect(peers.map(({ id }) => id)).toEqual(['quick']);
    room?.sendMessage('news', { number: MESSAGES, text: '' });
    await Promise.all([back, quick].map((client) => arrivalOf(MESSAGES, client)));
    expect(numbersOf(back)).toEqual([MESSAGES]);
  },
);
