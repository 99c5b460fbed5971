import { beforeEach, describe, expect, test } from 'vitest';
import type { Peer, Producer, RoomMessage } from '../../src/core/types.js';
import type { RoomUpdate } from '../../src/core/updates.js';
import { Bridge } from '../../src/dialects/p2pBridge/Bridge.js';
import type { Description } from '../../src/dialects/p2pBridge/Leg.js';
import { silentLogger } from '../../src/logger.js';
import type { FakeDataStreams } from '../../src/media/fake/FakeBackend.js';
import { PPID } from '../../src/sdp/data/payloads.js';
import { NEGOTIATION_TIMES } from '../../src/sdp/Negotiator.js';
import { parseDescription } from '../../src/sdp/parse.js';
import { capture } from '../sdp/captures.js';
import { ManualTime } from '../sdp/ManualTime.js';
import { SdpClient } from '../sdp/SdpClient.js';
import { sessionRoom, type SessionRoom } from '../sdp/sessionRoom.js';
import { settled } from '../support/settled.js';

interface Said extends Description {
  from: string;
}

let inRoom: SessionRoom;
let time: ManualTime;
let said: Said[];
let heard: string[];

beforeEach(async () => {
  inRoom = await sessionRoom();
  // The kit's own connection is not needed here.
  inRoom.peer.leave();
  time = new ManualTime();
  said = [];
  heard = [];
});

/** A client made for a mesh, in the room with bob. */
async function enter({ offers = true, peerId = 'p_mesh' } = {}): Promise<{ bridge: Bridge; peer: Peer }> {
  const link: { bridge?: Bridge } = {};
  const peer = await inRoom.room.join({
    peerId,
    transportPerPeer: true,
    link: {
      dialect: 'test',
      send: (update: RoomUpdate) => link.bridge?.tell(update),
      end: () => undefined,
    },
  });
  const bridge = new Bridge({
    peer,
    offers,
    timer: time,
    logger: silentLogger,
    client: {
      joined: (_id, other) => heard.push(`joined ${other.id}`),
      left: (_id, { peer: other, wasConnected }) => heard.push(`left ${other.id} ${String(wasConnected)}`),
      describe: (from, description) => said.push({ from, ...description }),
      failed: (_id, error) => heard.push(`failed ${String((error as { code: string }).code)}`),
      hungUp: () => heard.push('hung up'),
    },
  });
  link.bridge = bridge;
  return { bridge, peer };
}

async function pass(ms: number): Promise<void> {
  time.pass(ms);
  await settled();
}

/** Media of it arrives at the server. */
function start({ id }: Producer): void {
  const produced = [...inRoom.media.transports].flatMap(({ producers }) => [...producers]);
  produced.find((media) => media.id === id)?.emit('score', [{ ssrc: 1, score: 10 }]);
}

const idOf = (bridge: Bridge, peerId: string): string => {
  const found = bridge.participants.find(({ peer }) => peer.id === peerId);
  if (!found) throw new Error(`${peerId} is not there`);
  return found.id;
};
const sections = ({ sdp }: Description) =>
  parseDescription(sdp).sections.map(({ media, direction }) => `${media} ${direction}`);
const last = (): Said => {
  const description = said.at(-1);
  if (!description) throw new Error('nothing was said');
  return description;
};

/** A connection of the client with camera and microphone, offered to `to`. */
async function offerTo(bridge: Bridge, to: string, number = 1): Promise<SdpClient> {
  const client = new SdpClient(number);
  client.addTrack('audio');
  client.addTrack('video');
  bridge.take(to, { type: 'offer', sdp: client.offer() });
  await settled();
  return client;
}

describe('a client that connects to those who are there', () => {
  test('is answered in the name of each, and sends its media once', async () => {
    await inRoom.join('carol');
    const { bridge, peer } = await enter();
    const [bob, carol] = [idOf(bridge, 'bob'), idOf(bridge, 'carol')];
    await offerTo(bridge, bob, 1);
    await offerTo(bridge, carol, 2);
    expect(said.map(({ from, type }) => [from, type])).toEqual([
      [bob, 'answer'],
      [carol, 'answer'],
    ]);
    expect(sections(said[0]!)).toEqual(['audio recvonly', 'video recvonly']);
    expect(sections(said[1]!)).toEqual(['audio inactive', 'video inactive']);
    expect([...peer.producers.values()].map(({ kind }) => kind)).toEqual(['audio', 'video']);
    expect(heard).toEqual([]);
  });

  test('gets the tracks of each on the connection to that one', async () => {
    const carol = await inRoom.join('carol');
    await carol.createTransport({ direction: 'send' });
    const [ofBob, ofCarol] = [await inRoom.publish('video'), await inRoom.publish('audio', carol)];
    for (const producer of [ofBob, ofCarol]) start(producer);
    const { bridge, peer } = await enter();
    const client = await offerTo(bridge, idOf(bridge, 'bob'));
    await pass(NEGOTIATION_TIMES.debounce);
    expect(last()).toMatchObject({ from: idOf(bridge, 'bob'), type: 'offer' });
    expect(sections(last()).filter((section) => section.includes('send'))).toHaveLength(1);
    bridge.take(idOf(bridge, 'bob'), { type: 'answer', sdp: client.answer(last().sdp) });
    await settled();
    expect([...peer.consumers.values()].map(({ producer }) => producer.id)).toEqual([ofBob.id]);
  });

  test('has ids for them that make it the one who offers by either rule', async () => {
    const { bridge } = await enter();
    expect(idOf(bridge, 'bob') > 'p_zzzzzzzz').toBe(true);
    await inRoom.join('dave');
    await settled();
    expect(idOf(bridge, 'dave') < 'p_00000000').toBe(true);
  });
});

describe('somebody who comes later', () => {
  test('is played by the server, which connects', async () => {
    const { bridge } = await enter();
    await inRoom.join('dave');
    await settled();
    expect(heard).toEqual(['joined dave']);
    expect(said).toMatchObject([{ from: idOf(bridge, 'dave'), type: 'offer' }]);
    // The first connection asks for what the client sends.
    expect(sections(last())).toEqual(['audio recvonly', 'video recvonly', 'application sendrecv']);
  });

  test('is waited for where pages call each other', async () => {
    await enter({ offers: false });
    await inRoom.join('dave');
    await settled();
    expect(heard).toEqual(['joined dave']);
    expect(said).toEqual([]);
  });

  test('and has nothing to say yet is not connected to twice', async () => {
    const { bridge } = await enter();
    await offerTo(bridge, idOf(bridge, 'bob'));
    said.length = 0;
    const dave = await inRoom.join('dave');
    await dave.createTransport({ direction: 'send' });
    await settled();
    // The client's media has its way already, and dave has none: an empty offer would say nothing.
    expect(said).toEqual([]);
    start(await inRoom.publish('audio', dave));
    await pass(NEGOTIATION_TIMES.debounce);
    expect(said).toMatchObject([{ from: idOf(bridge, 'dave'), type: 'offer' }]);
    expect(sections(last())).toEqual(['audio sendonly', 'application sendrecv']);
  });
});

describe('a participant who leaves', () => {
  test('takes their connection along, and another one carries on what the client sends', async () => {
    const carol = await inRoom.join('carol');
    const { bridge, peer } = await enter();
    await offerTo(bridge, idOf(bridge, 'carol'), 1);
    const toBob = await offerTo(bridge, idOf(bridge, 'bob'), 2);
    said.length = 0;
    carol.leave();
    await pass(NEGOTIATION_TIMES.debounce);
    expect(heard).toEqual(['left carol true']);
    expect(peer.transports.size).toBe(1);
    expect(said).toMatchObject([{ from: idOf(bridge, 'bob'), type: 'offer' }]);
    expect(sections(last())).toEqual(['audio recvonly', 'video recvonly']);
    bridge.take(idOf(bridge, 'bob'), { type: 'answer', sdp: toBob.answer(last().sdp) });
    await settled();
    expect([...peer.producers.values()].map(({ kind }) => kind)).toEqual(['audio', 'video']);
  });

  test('is not there for signals any more', async () => {
    const carol = await inRoom.join('carol');
    const { bridge } = await enter();
    const id = idOf(bridge, 'carol');
    expect(bridge.knows(id)).toBe(true);
    carol.leave();
    expect(bridge.knows(id)).toBe(false);
    expect(() => {
      bridge.take(id, { type: 'offer', sdp: 'v=0' });
    }).toThrow(expect.objectContaining({ code: 'PEER_NOT_FOUND' }));
  });
});

describe('a client that knows no renegotiation', () => {
  test('gets a connection that stands for itself with every offer', async () => {
    const { bridge, peer } = await enter();
    const dave = await inRoom.join('dave');
    await dave.createTransport({ direction: 'send' });
    await settled();
    const id = idOf(bridge, 'dave');
    const answerAsAnother = async (number: number) => {
      const client = new SdpClient(number);
      // Its tracks attach to the sections of the offer.
      client.answer(last().sdp);
      client.addTrack('audio');
      client.addTrack('video');
      bridge.take(id, { type: 'answer', sdp: client.answer(last().sdp) });
      await pass(NEGOTIATION_TIMES.debounce);
    };
    await answerAsAnother(1);
    expect(peer.producers.size).toBe(2);
    start(await inRoom.publish('video', dave));
    await pass(NEGOTIATION_TIMES.debounce);
    // It makes another connection of this offer, too, which the server cannot use.
    await answerAsAnother(2);
    await answerAsAnother(3);
    expect(peer.transports.size).toBe(1);
    expect([...peer.consumers.values()].map(({ kind }) => kind)).toEqual(['video']);
    expect([...peer.producers.values()].map(({ kind }) => kind)).toEqual(['audio', 'video']);
    expect(heard).toEqual(['joined dave']);
  });
});

describe('what makes no sense', () => {
  test('is told to the client, and costs nobody anything', async () => {
    const { bridge, peer } = await enter();
    bridge.take(idOf(bridge, 'bob'), { type: 'offer', sdp: 'v=0\r\n' });
    await settled();
    expect(heard).toEqual(['failed SDP_INVALID']);
    expect(inRoom.room.peers.has('bob')).toBe(true);
    // An answer to nothing.
    bridge.take(idOf(bridge, 'bob'), { type: 'answer', sdp: 'v=0\r\n' });
    await settled();
    await offerTo(bridge, idOf(bridge, 'bob'));
    expect(peer.producers.size).toBe(2);
  });

  test('an offer that is never answered ends that connection alone', async () => {
    const { bridge, peer } = await enter();
    await inRoom.join('dave');
    await settled();
    await pass(NEGOTIATION_TIMES.answer);
    expect(heard).toEqual(['joined dave', 'hung up']);
    expect(peer.transports.size).toBe(0);
    await offerTo(bridge, idOf(bridge, 'bob'));
    expect(peer.producers.size).toBe(2);
  });

  test('closing frees everything', async () => {
    const { bridge, peer } = await enter();
    await offerTo(bridge, idOf(bridge, 'bob'));
    bridge.close();
    expect(peer.transports.size).toBe(0);
    await inRoom.join('dave');
    await settled();
    expect(heard).toEqual([]);
  });
});

describe('data channels', () => {
  const say = (streams: FakeDataStreams, text: string) => {
    streams.emit('message', { streamId: 0, ppid: PPID.text, data: new TextEncoder().encode(text) });
  };
  const heardOn = (streams: FakeDataStreams) =>
    streams.sent.map(({ data }) => new TextDecoder().decode(data));

  /** What a page of simple-peer opens to bob and carol. */
  async function enterWithData() {
    const messages: RoomUpdate[] = [];
    const carol = await inRoom.room.join({
      peerId: 'carol',
      link: {
        dialect: 'test',
        send: (update) => update.type === 'message' && messages.push(update),
        end: () => undefined,
      },
    });
    const { bridge, peer } = await enter({ offers: false });
    const streams: FakeDataStreams[] = [];
    for (const to of ['bob', 'carol']) {
      const known = new Set(inRoom.media.transports);
      bridge.take(idOf(bridge, to), { type: 'offer', sdp: capture('simple-peer-offer') });
      await settled();
      const [leg] = [...inRoom.media.transports].filter((transport) => !known.has(transport));
      if (!leg?.data) throw new Error('no data channels');
      streams.push(leg.data);
    }
    const [toBob, toCarol] = streams as [FakeDataStreams, FakeDataStreams];
    return { bridge, peer, carol, messages, toBob, toCarol };
  }

  test('lead to the participant of their connection, and to nobody else', async () => {
    const { carol, messages, toBob, toCarol, peer } = await enterWithData();
    const all: RoomMessage[] = [];
    inRoom.room.on('message', (message) => all.push(message));
    say(toBob, 'hello, bob');
    say(toCarol, '{"topic":"x","payload":1,"to":"bob"}');
    expect(all).toEqual([
      { from: peer.id, to: ['bob'], topic: '', payload: 'hello, bob' },
      { from: peer.id, to: ['carol'], topic: '', payload: '{"topic":"x","payload":1,"to":"bob"}' },
    ]);
    expect(messages).toHaveLength(1);
    carol.sendMessage('any', 'to all');
    carol.sendMessage('any', { to: 'you' }, [peer.id]);
    inRoom.room.peers.get('bob')?.sendMessage('any', 'of bob');
    inRoom.room.sendMessage('any', 'of the host');
    await settled();
    expect(heardOn(toCarol)).toEqual(['to all', '{"to":"you"}']);
    expect(heardOn(toBob)).toEqual(['of bob']);
    expect(heard).toEqual([]);
  });

  test('are opened by the server where it connects, and a later one of the client goes before', async () => {
    const { bridge, peer } = await enter();
    const dave = await inRoom.join('dave');
    await settled();
    const from = idOf(bridge, 'dave');
    dave.sendMessage('', 'too early');
    bridge.take(from, { type: 'answer', sdp: new SdpClient().answer(last().sdp) });
    await settled();
    const [leg] = [...inRoom.media.transports].filter(({ data }) => data);
    const streams = leg!.data!;
    // The server is the DTLS server: its streams are the odd ones.
    expect(streams.sent.map(({ streamId, ppid, data }) => [streamId, ppid, data[0]])).toEqual([
      [1, PPID.dcep, 3],
    ]);
    dave.sendMessage('', 'hello');
    await settled();
    expect(streams.sent.at(-1)).toMatchObject({ streamId: 1, ppid: PPID.text });
    streams.emit('message', { streamId: 1, ppid: PPID.dcep, data: Uint8Array.of(2) });
    const all: RoomMessage[] = [];
    inRoom.room.on('message', (message) => all.push(message));
    streams.emit('message', { streamId: 1, ppid: PPID.text, data: new TextEncoder().encode('hi') });
    expect(all).toEqual([{ from: peer.id, to: ['dave'], topic: '', payload: 'hi' }]);
    say(streams, 'on its own channel');
    dave.sendMessage('', 'there');
    await settled();
    expect(streams.sent.at(-1)).toMatchObject({ streamId: 0 });
    expect(heard).toEqual(['joined dave']);
  });

  test('are not opened for a client that has none', async () => {
    const { bridge } = await enter();
    const dave = await inRoom.join('dave');
    await dave.createTransport({ direction: 'send' });
    await settled();
    const client = new SdpClient();
    const sdp = client.answer(last().sdp);
    const without = sdp.replace('m=application 9', 'm=application 0').replace('s0 s1 s2', 's0 s1');
    bridge.take(idOf(bridge, 'dave'), { type: 'answer', sdp: without });
    await settled();
    expect([...inRoom.media.transports].filter(({ data }) => data)).toEqual([]);
    start(await inRoom.publish('audio', dave));
    await pass(NEGOTIATION_TIMES.debounce);
    expect(last().sdp).toMatch(/^m=application 0 /m);
    expect(heard).toEqual(['joined dave']);
  });

  test('end with their connection, and whoever floods one loses it', async () => {
    const { bridge, toBob, toCarol } = await enterWithData();
    bridge.hangUp(idOf(bridge, 'bob'));
    inRoom.room.peers.get('bob')?.sendMessage('', 'too late');
    await settled();
    expect(heardOn(toBob)).toEqual([]);
    for (let count = 0; count < 5001; count += 1) say(toCarol, 'x');
    await settled();
    expect(heard).toEqual(['failed RATE_LIMITED', 'failed RATE_LIMITED', 'hung up']);
  });
});
