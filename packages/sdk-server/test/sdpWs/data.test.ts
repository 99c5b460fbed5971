import fc from 'fast-check';
import { isErrorCode } from '@parlor/protocol';
import { expect, test } from 'vitest';
import type { Peer } from '../../src/core/types.js';
import type { RoomUpdate } from '../../src/core/updates.js';
import { RtcLink } from '../../src/dialects/rtcRest/RtcLink.js';
import { EventLog } from '../../src/dialects/rtcRest/EventLog.js';
import type { FakeDataStreams, FakeTransport } from '../../src/media/fake/FakeBackend.js';
import { PPID } from '../../src/sdp/data/payloads.js';
import { capture } from '../sdp/captures.js';
import { openMessage } from '../sdp/openMessage.js';
import { anyValue, mutate, mutations, STACK_TEXT } from '../support/hostileMessages.js';
import { sdpWsServer, type SdpWsClient, type SdpWsServer } from './sdpWsServer.js';

/** Data channels of calls over plain SDP, on media in memory. */

const peerOf = (server: SdpWsServer, id: string): Peer => {
  const peer = server.room()?.peers.get(id);
  if (!peer) throw new Error(`${id} is not there`);
  return peer;
};

/** A client whose offer has a section for data channels. */
async function joinWithData(server: SdpWsServer, sessionId: string, claims?: object): Promise<SdpWsClient> {
  const client = await server.join(sessionId, claims);
  client.send({ type: 'offer', payload: { type: 'offer', sdp: capture('simple-peer-offer') } });
  await server.settled();
  return client;
}

/** The SCTP streams of its connection. */
function streamsOf(server: SdpWsServer, id: string): FakeDataStreams {
  const [transport] = peerOf(server, id).transports.values() as Iterable<object>;
  const { data } = (transport as { media: FakeTransport }).media;
  if (!data) throw new Error(`${id} has no data channels`);
  return data;
}

const say = (streams: FakeDataStreams, text: string, streamId = 0) => {
  streams.emit('message', { streamId, ppid: PPID.text, data: new TextEncoder().encode(text) });
};
const heard = (streams: FakeDataStreams): unknown[] =>
  streams.sent.flatMap(({ ppid, data }) =>
    ppid === PPID.text ? [JSON.parse(new TextDecoder().decode(data))] : [],
  );
const errors = (client: SdpWsClient) =>
  client.messages.flatMap((message) => (message.type === 'error' ? [message['code']] : []));

test('what a client sends is a message of its room, in every dialect; and the other way round', async () => {
  const server = sdpWsServer();
  const alice = await joinWithData(server, 'alice');
  const bob = await joinWithData(server, 'bob');
  const updates: RoomUpdate[] = [];
  const native = {
    dialect: 'test',
    send: (update: RoomUpdate) => updates.push(update),
    end: () => undefined,
  };
  const carol = await server.room()!.join({ peerId: 'carol', link: native });
  let lastEvent = 0;
  const log = new EventLog(() => (lastEvent += 1));
  const events: unknown[] = [];
  log.listen((event) => {
    const [, name, data = ''] = /^event: (\w+)\ndata: (.*)$/m.exec(event) ?? [];
    if (name === 'message') events.push(JSON.parse(data));
  });
  await server.room()!.join({ peerId: 'dave', link: new RtcLink(log) });

  say(streamsOf(server, 'alice'), JSON.stringify({ topic: 'move', payload: { x: 1 } }));
  say(streamsOf(server, 'alice'), JSON.stringify({ to: 'carol', topic: 'secret', payload: 1 }));
  carol.sendMessage('answer', [2]);
  server.room()!.sendMessage('notice', 'of the host');
  await server.settled();
  const [move, answer, notice] = [
    { from: 'alice', topic: 'move', payload: { x: 1 } },
    { from: 'carol', topic: 'answer', payload: [2] },
    { topic: 'notice', payload: 'of the host' },
  ];
  expect(heard(streamsOf(server, 'bob'))).toEqual([move, answer, notice]);
  expect(heard(streamsOf(server, 'alice'))).toEqual([answer, notice]);
  expect(updates.filter(({ type }) => type === 'message')).toMatchObject([
    move,
    { from: 'alice', topic: 'secret' },
    notice,
  ]);
  expect(events).toEqual([move, answer, notice]);
  expect([...errors(alice), ...errors(bob), ...server.errors]).toEqual([]);
});

test('rights are those of the token, whatever the channel', async () => {
  const server = sdpWsServer();
  const silent = await joinWithData(server, 'silent', { can: { data: false } });
  await joinWithData(server, 'bob');
  say(streamsOf(server, 'silent'), 'hello');
  server.room()!.sendMessage('notice', 1);
  await server.settled();
  expect(errors(silent)).toEqual(['FORBIDDEN']);
  expect(heard(streamsOf(server, 'bob'))).toEqual([{ topic: 'notice', payload: 1 }]);
  expect(heard(streamsOf(server, 'silent'))).toEqual([{ topic: 'notice', payload: 1 }]);
});

test('messages are no longer than the client takes', async () => {
  const server = sdpWsServer();
  const alice = await server.join('alice');
  const sdp = capture('simple-peer-offer').replace(/a=max-message-size:\d+/, 'a=max-message-size:1000');
  expect(sdp).toContain('max-message-size:1000');
  alice.send({ type: 'offer', payload: { type: 'offer', sdp } });
  await server.settled();
  server.room()!.sendMessage('', 'x'.repeat(1000));
  server.room()!.sendMessage('', 'short');
  await server.settled();
  expect(errors(alice)).toEqual(['MESSAGE_TOO_LARGE']);
  expect(heard(streamsOf(server, 'alice'))).toEqual([{ topic: '', payload: 'short' }]);
});

test('a new connection on the same socket has channels of its own; one without has none', async () => {
  const server = sdpWsServer();
  const alice = await joinWithData(server, 'alice');
  const before = streamsOf(server, 'alice');
  const fingerprint = /a=fingerprint:sha-256 \S+/g;
  const other = `a=fingerprint:sha-256 ${Array.from({ length: 32 }, () => 'CD').join(':')}`;
  const sdp = capture('simple-peer-offer').replaceAll(fingerprint, other);
  alice.send({ type: 'offer', payload: { type: 'offer', sdp } });
  await server.settled();
  const after = streamsOf(server, 'alice');
  expect(after).not.toBe(before);
  const plain = await server.join('plain');
  plain.connection.addTrack('audio');
  plain.offer();
  await server.settled();
  server.room()!.sendMessage('', 'now');
  say(before, 'too late');
  await server.settled();
  expect([heard(before).length, heard(after).length]).toEqual([0, 1]);
  expect(() => streamsOf(server, 'plain')).toThrow('no data channels');
  expect([...errors(alice), ...errors(plain)]).toEqual([]);
});

test('whoever floods the room is let go', async () => {
  const server = sdpWsServer();
  const alice = await joinWithData(server, 'alice');
  await joinWithData(server, 'bob');
  const streams = streamsOf(server, 'alice');
  for (let count = 0; count < 5001; count += 1) say(streams, 'x');
  await server.settled();
  expect(errors(alice)).toEqual(['RATE_LIMITED', 'RATE_LIMITED']);
  expect(alice.closed).toEqual([4429, 'RATE_LIMITED']);
  expect(heard(streamsOf(server, 'bob'))).toHaveLength(1000);
  expect(server.room()?.peers.has('alice')).toBe(false);
});

const given = { to: ['alice'], topic: 'x', payload: { a: 1 } };
const text = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    anyValue.map((value) => JSON.stringify(value)),
    mutations(3).map((changes) => JSON.stringify(mutate(given, changes))),
  )
  .map((value) => new TextEncoder().encode(value));
const opening = fc
  .tuple(fc.string({ maxLength: 200 }), fc.nat(30), fc.nat(255))
  .map(([label, at, byte]) => openMessage(label).map((old, index) => (index === at ? byte : old)));
const message = fc.record({
  streamId: fc.oneof(fc.nat(15), fc.nat(65_534)),
  ppid: fc.oneof(fc.constantFrom(...Object.values(PPID)), fc.constantFrom(0, 52, 54), fc.nat(2 ** 32 - 1)),
  data: fc.oneof(text, opening, fc.uint8Array({ maxLength: 60 })),
});

test('whatever comes on data channels, it gets coded errors and others have their call', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(message, { minLength: 1, maxLength: 30 }), async (messages) => {
      const server = sdpWsServer();
      await joinWithData(server, 'alice');
      const mallory = await joinWithData(server, 'mallory');
      for (const one of messages) streamsOf(server, 'mallory').emit('message', one);
      await server.settled();
      for (const one of mallory.messages) {
        if (one.type !== 'error') continue;
        expect(isErrorCode(one['code']) && one['code'] !== 'INTERNAL', JSON.stringify(one)).toBe(true);
        expect(JSON.stringify(one)).not.toMatch(STACK_TEXT);
      }
      for (const one of heard(streamsOf(server, 'alice')))
        expect(one).toMatchObject({ from: 'mallory', topic: expect.any(String) });
      server.room()!.sendMessage('', 'still there');
      await server.settled();
      expect(heard(streamsOf(server, 'alice')).at(-1)).toEqual({ topic: '', payload: 'still there' });
      expect(server.errors).toEqual([]);
    }),
    { numRuns: 200 },
  );
}, 60_000);
