import { describe, expect, it } from 'vitest';
import { Room } from './Room.js';
import { FakeWebSocket } from './test/FakeWebSocket.js';
import { newest, until, URL } from './test/kit.js';
import { stays, type Stay } from './test/transcripts.js';
import { createFakeDrivers, FakePlatform, settle } from './testing/index.js';

/** A room whose server is a transcript: it has joined and has been told everything. */
async function replay({ peerId, answer, notifications, closed }: Stay) {
  const platform = new FakePlatform();
  const sockets: FakeWebSocket[] = [];
  platform.createWebSocket = (...args) => {
    sockets.push(new FakeWebSocket(...args));
    return newest(sockets);
  };
  const room = new Room({ platform, peerId, driver: createFakeDrivers().factory });
  const ends: string[] = [];
  room.on('disconnected', ({ code }) => ends.push(code));
  const heard: unknown[] = [];
  room.on('dataReceived', (payload, from, topic) => heard.push([from?.identity, topic, payload]));
  const connecting = room.connect(URL, undefined, { room: String(answer['roomId']) });
  const [socket] = sockets;
  socket?.open();
  await until(() => socket?.sent[0]?.['method'] === 'joinRoom');
  socket?.receive({ response: true, id: socket.sent[0]?.['id'], ok: true, data: answer });
  await connecting;
  for (const notification of notifications) socket?.receive(notification);
  if (closed) socket?.drop(...closed);
  await settle();
  return { room, ends, heard };
}

/** Who and what must be there in the end, told straight from the frames. */
function expected({ peerId, answer, notifications }: Stay) {
  const peers = new Set((answer['peers'] as { id: string }[]).map(({ id }) => id));
  const producers = new Map(
    (answer['producers'] as { producerId: string; paused: boolean }[]).map((each) => [
      each.producerId,
      each.paused,
    ]),
  );
  for (const { method, data = {} } of notifications) {
    const [peer, producer] = [String(data['peerId']), String(data['producerId'])];
    if (method === 'peerJoined') peers.add(peer);
    if (method === 'peerLeft') peers.delete(peer);
    if (method === 'newProducer') producers.set(producer, data['paused'] === true);
    if (method === 'producerClosed') producers.delete(producer);
    if (peer === peerId) continue;
    // With a reason the room holds it back, which is not muting.
    if (data['reason'] && method?.startsWith('consumer')) continue;
    if (method === 'producerPaused' || method === 'consumerPaused') producers.set(producer, true);
    if (method === 'producerResumed' || method === 'consumerResumed') producers.set(producer, false);
  }
  return { peers, producers };
}

const finals = stays.filter(({ closed }) => closed?.[0] === 4000);
const open = stays.filter(({ closed }) => !closed);
const moving = stays.filter(({ closed }) => closed && closed[0] !== 4000);

describe('golden transcripts', () => {
  it('are there', () => {
    expect([finals.length > 0, open.length > 0, moving.length > 0]).toEqual([true, true, true]);
  });

  it.each(open)('$title: the room shows who and what is there', async (stay) => {
    const { room, heard } = await replay(stay);
    const { peers, producers } = expected(stay);
    expect(new Set(room.remoteParticipants.keys())).toEqual(peers);
    const shown = [...room.remoteParticipants.values()].flatMap((participant) => [
      ...participant.trackPublications.values(),
    ]);
    expect(new Map(shown.map(({ id, isMuted }) => [id, isMuted]))).toEqual(producers);
    const messages = stay.notifications.filter(({ method }) => method === 'message');
    expect(heard).toHaveLength(messages.length);
    expect(room.state).toBe('connected');
    await room.disconnect();
  });

  it.each(finals)('$title: the room ends with the server’s code', async (stay) => {
    const { room, ends } = await replay(stay);
    expect(ends).toEqual([stay.closed?.[1]]);
    expect(room.state).toBe('disconnected');
  });

  it.each(moving)('$title: the room comes back', async (stay) => {
    const { room, ends } = await replay(stay);
    expect([room.state, ends]).toEqual(['reconnecting', []]);
    await room.disconnect();
  });
});
