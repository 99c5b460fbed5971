import { once } from 'node:events';
import { WebSocket } from 'ws';
import { sampleAudio, sampleDtls } from '../../src/testing/rtpSamples.js';
import type { Parlor } from '../../src/parlor.js';
import { EventReader } from '../rtcRest/EventReader.js';
import { capture } from '../sdp/captures.js';
import { SdpClient } from '../sdp/SdpClient.js';
import { Caller, type Calling } from './Caller.js';

export interface Place {
  readonly parlor: Parlor;
  /** `ws://host:port` */
  readonly url: string;
  /** `chat:` and a number: where all dialects can go. */
  readonly roomId: string;
  readonly tokenOf: (sub: string) => Promise<string>;
}

/** Somebody who is in; the function takes them out. */
export type Visit = (place: Place, name: string) => Promise<() => Promise<unknown>>;

const call = ({ url, roomId }: Place, peerId: string, how?: Calling): Promise<Caller> =>
  Caller.join({ url, roomId, peerId }, how);

/** Speaks to everybody, and what was asked for has been done when it resolves. */
async function chat({ line }: Caller): Promise<void> {
  await line.request('sendMessage', { topic: 'chat', payload: { text: 'hello' } });
}

const native =
  (leave: (caller: Caller, place: Place) => Promise<unknown>, how?: Calling): Visit =>
  async (place, name) => {
    const caller = await call(place, name, how);
    await chat(caller);
    return async () => {
      await leave(caller, place);
      if (caller.line.faults.length > 0) throw new Error(caller.line.faults.join(', '));
    };
  };

async function politely({ line }: Caller): Promise<void> {
  await line.request('leave');
  await line.close();
}

async function onAnotherSocket(caller: Caller): Promise<void> {
  await caller.line.resume(caller.resumeToken);
  await chat(caller);
  await politely(caller);
}

async function joiningAgain({ line, peerId, resumeToken }: Caller, place: Place): Promise<void> {
  await line.lose();
  await politely(await call(place, peerId, { resumeToken }));
}

async function removed({ line, peerId }: Caller, { parlor, roomId }: Place): Promise<void> {
  parlor.rooms.get(roomId)?.peers.get(peerId)?.remove();
  await line.ended;
}

/** A client of the calls over plain SDP. */
const sdp =
  (leave: (ws: WebSocket) => void): Visit =>
  async ({ url, roomId, tokenOf }, name) => {
    const [chatType = '', id = ''] = roomId.split(':');
    const token = await tokenOf(`user-${name}`);
    const ws = new WebSocket(
      `${url}/api/v1/${chatType}/${id}/call?${new URLSearchParams({ token }).toString()}`,
    );
    const connection = new SdpClient();
    connection.addTrack('audio');
    connection.addTrack('video');
    const answered = new Promise<void>((resolve, reject) => {
      ws.on('close', () => {
        reject(new Error('closed'));
      });
      ws.on('message', (data: Buffer) => {
        const { type, payload } = JSON.parse(data.toString()) as { type: string; payload: { sdp: string } };
        if (type === 'answer') resolve();
        if (type === 'error') reject(new Error(data.toString()));
        if (type === 'offer')
          ws.send(JSON.stringify({ type: 'answer', payload: { sdp: connection.answer(payload.sdp) } }));
      });
    });
    await once(ws, 'open');
    ws.send(JSON.stringify({ type: 'join', sessionId: name }));
    ws.send(JSON.stringify({ type: 'offer', payload: { sdp: connection.offer() } }));
    await answered;
    return async () => {
      const closed = once(ws, 'close');
      leave(ws);
      await closed;
    };
  };

interface Http {
  readonly method?: string;
  readonly type?: string;
  readonly body?: string;
}

/** A request of one user, without a network. Throws what was refused. */
async function ask(place: Place, path: string, { sub, ...how }: Http & { sub: string }): Promise<Response> {
  const { method = 'POST', type = 'application/json', body } = how;
  const headers = { authorization: `Bearer ${await place.tokenOf(sub)}`, 'content-type': type };
  const response = await place.parlor.handleRequest(
    new Request(`http://localhost${path}`, { method, headers, ...(body !== undefined && { body }) }),
  );
  if (!response?.ok)
    throw new Error(`${path}: ${String(response?.status)} ${(await response?.text()) ?? ''}`);
  return response;
}

const rest: Visit = async (place, name) => {
  // A user is in one room at a time.
  const sub = `${place.roomId} ${name}`;
  const does = async (path: string, data: object = {}) =>
    (await (await ask(place, path, { sub, body: JSON.stringify(data) })).json()) as { id: string };
  await does(`/rtc/rooms/${encodeURIComponent(place.roomId)}/join`);
  const events = new EventReader(await ask(place, '/rtc/events', { sub, method: 'GET' }));
  const { id } = await does('/rtc/transports', { direction: 'send' });
  await does(`/rtc/transports/${id}/connect`, { dtlsParameters: sampleDtls() });
  await does(`/rtc/transports/${id}/produce`, { kind: 'audio', rtpParameters: sampleAudio() });
  return async () => {
    await does('/rtc/leave');
    await events.cancel();
  };
};

const overHttp =
  (endpoint: 'whip' | 'whep'): Visit =>
  async (place, name) => {
    const offer = { type: 'application/sdp', body: capture(`chromium-${endpoint}-offer`), sub: name };
    const answer = await ask(place, `/${endpoint}/${encodeURIComponent(place.roomId)}`, offer);
    const location = answer.headers.get('location') ?? '';
    await answer.text();
    return () => ask(place, location, { method: 'DELETE', sub: name });
  };

const p2p: Calling = { topology: 'p2p' };

/** Who is in a room together; they come one after the other and leave all at once. */
export const PARTIES: readonly (readonly Visit[])[] = [
  [native(politely), native(({ line }) => line.lose()), native(onAnotherSocket)],
  [native(({ line }) => line.close()), native(joiningAgain), native(removed)],
  [sdp((ws) => ws.close()), native(politely), sdp((ws) => ws.terminate())],
  [overHttp('whip'), overHttp('whep'), rest],
  [native(politely, p2p), native(({ line }) => line.lose(), p2p), native(onAnotherSocket, p2p)],
  // The last to go ends it for all.
  [
    native(({ line }) => line.ended),
    native(({ line }) => line.ended),
    native((_, place) => closeRoom(place)),
  ],
];

async function closeRoom({ parlor, roomId }: Place): Promise<void> {
  await Promise.resolve(parlor.rooms.get(roomId)?.close());
}

/** All come, all leave; resolves when there is no room any more. */
export async function party(place: Place, visits: readonly Visit[]): Promise<void> {
  const leaves: (() => Promise<unknown>)[] = [];
  for (const [index, visit] of visits.entries()) leaves.push(await visit(place, `guest-${String(index)}`));
  const { rooms } = place.parlor;
  const over = new Promise<void>((resolve) => {
    const onClosed: Parameters<typeof rooms.on<'closed'>>[1] = ({ id }) => {
      if (id !== place.roomId) return;
      rooms.off('closed', onClosed);
      resolve();
    };
    rooms.on('closed', onClosed);
  });
  await Promise.all(leaves.map((leave) => leave()));
  await over;
}
