import type { SdpWsStep, SdpWsTranscript } from '@parlor/protocol/fixtures/sdpWs.js';
import { parseDescription } from '../../src/sdp/parse.js';
import type { SdpWsScenario } from './scenarios.js';
import { sdpWsServer, type Message, type SdpWsClient } from './sdpWsServer.js';

/** What a scenario can do. */
export interface Stage {
  connects(client: string, options?: { can?: object }): Promise<void>;
  sends(client: string, message: object | string): Promise<void>;
  /** Publishes these kinds and offers. */
  offers(client: string, kinds: readonly ('audio' | 'video')[], how?: { asText?: boolean }): Promise<void>;
  /** Answers the last offer of the server, sending these kinds in its sections. */
  answers(client: string, kinds?: readonly ('audio' | 'video')[]): Promise<void>;
  arrives(client: string): Promise<void>;
  mutes(client: string, muted: boolean): Promise<void>;
  passes(ms: number): Promise<void>;
  disconnects(client: string): Promise<void>;
}

export const sectionsOf = (sdp: string): string[] =>
  parseDescription(sdp, { maxLength: 1e6, maxSections: 500 }).sections.map(
    ({ media, mid = '', rejected, direction }) => [media, mid, rejected ? 'rejected' : direction].join(' '),
  );

/** The description in a message, whether its payload is an object or text. */
export function sdpOf({ type, payload }: Message): string | undefined {
  if (type !== 'offer' && type !== 'answer') return undefined;
  const description = (typeof payload === 'string' ? JSON.parse(payload) : payload) as { sdp: string };
  return description.sdp;
}

/** Plays a scenario and writes down what went over the wire. */
export async function recordSdpWs({ name, about, play }: SdpWsScenario): Promise<SdpWsTranscript> {
  const server = sdpWsServer();
  const clients = new Map<string, { client: SdpWsClient; isClosed: boolean }>();
  const steps: SdpWsStep[] = [];
  const values: Record<string, unknown> = {};
  const named = (stem: string, value: unknown): string => {
    let placeholder = `<${stem}>`;
    for (let count = 2; placeholder in values; count += 1) placeholder = `<${stem}${String(count)}>`;
    values[placeholder] = value;
    return placeholder;
  };
  const find = (id: string) => {
    const found = clients.get(id);
    if (!found) throw new Error(`${id} is not connected`);
    return found;
  };
  const receives = (client: string, message: Message): SdpWsStep => {
    const sdp = sdpOf(message);
    if (sdp === undefined) return { client, receives: message };
    const { payload, type } = message;
    const placeholder = named(`${client}.server.${type}`, typeof payload === 'string' ? payload : sdp);
    const written = typeof payload === 'string' ? placeholder : { type, sdp: placeholder };
    return { client, receives: { ...message, payload: written }, sections: sectionsOf(sdp) };
  };
  const writeDown = async () => {
    await server.settled();
    for (const [id, state] of clients) {
      for (const message of state.client.news()) steps.push(receives(id, message));
      if (state.client.closed && !state.isClosed) {
        state.isClosed = true;
        steps.push({ client: id, closed: state.client.closed });
      }
    }
  };
  const describes = async (
    id: string,
    type: 'offer' | 'answer',
    { sdp, asText = false }: { sdp: string; asText?: boolean },
  ) => {
    const { client } = find(id);
    const payload = { type, sdp };
    const placeholder = named(`${id}.${type}`, asText ? JSON.stringify(payload) : sdp);
    const addressed = { roomId: 1, sessionId: id };
    steps.push({
      client: id,
      sends: { type, payload: asText ? placeholder : { type, sdp: placeholder }, ...addressed },
    });
    client.write(JSON.stringify({ type, payload: asText ? JSON.stringify(payload) : payload, ...addressed }));
    await writeDown();
  };

  await play({
    async connects(id, { can } = {}) {
      const path = '/api/v1/chat/1/call';
      const sub = `user ${id}`;
      clients.set(id, {
        client: await server.connect(id, { claims: { sub, ...(can && { can }) } }),
        isClosed: false,
      });
      steps.push({ client: id, connects: { path, sub, ...(can && { can }) } });
    },
    async sends(id, message) {
      const sent = typeof message === 'string' ? message : { ...message, roomId: 1, sessionId: id };
      steps.push({ client: id, sends: sent });
      find(id).client.write(typeof sent === 'string' ? sent : JSON.stringify(sent));
      await writeDown();
    },
    async offers(id, kinds, how = {}) {
      const { connection } = find(id).client;
      for (const kind of kinds) connection.addTrack(kind);
      await describes(id, 'offer', { sdp: connection.offer(), ...how });
    },
    async answers(id, kinds = []) {
      const { client } = find(id);
      const offer = client.sdp('offer');
      client.connection.answer(offer);
      for (const kind of kinds) client.connection.addTrack(kind);
      await describes(id, 'answer', { sdp: client.connection.answer(offer) });
    },
    async arrives(id) {
      steps.push({ mediaOf: id, arrives: true });
      server.flow(id);
      await writeDown();
    },
    async mutes(id, muted) {
      steps.push({ mediaOf: id, muted });
      await server.mute(id, muted);
      await writeDown();
    },
    async passes(ms) {
      steps.push({ passes: ms });
      await server.pass(ms);
      await writeDown();
    },
    async disconnects(id) {
      steps.push({ client: id, disconnects: true });
      const state = find(id);
      state.isClosed = true;
      state.client.disconnect();
      await writeDown();
    },
  });
  return { dialect: 'sdpWs', version: 1, name, about, steps, values };
}
