import type { HostAction, Step, Transcript } from '@parlor/protocol/fixtures/transcript.js';
import type { Frame } from './FrameLog.js';
import { actAsHost } from './hostActions.js';
import type { MemoryServer } from './memoryServer.js';
import { Placeholders } from './Placeholders.js';
import type { Scenario } from './scenarios/steps.js';
import type { TestClient } from './TestClient.js';

/** What a scenario can do. */
export interface Stage {
  connects(client: string, as?: { peerId?: string; userId?: string; grants?: object }): Promise<void>;
  /** A request, and what its answer carries. */
  asks(client: string, method: string, data?: object): Promise<object>;
  /** A message that is no request; resolves when the notification came that it causes. */
  sends(client: string, text: string, causes: string): Promise<void>;
  /** Resolves when the client has heard this, once more than it was waited for before. */
  hears(client: string, notification: string): Promise<object>;
  disconnects(client: string): Promise<void>;
  loses(client: string): Promise<void>;
  host(action: HostAction, details?: { peerId?: string; topic?: string; payload?: unknown }): Promise<void>;
}

/** Plays a scenario and writes down what went over the wire. */
export async function recordTranscript(
  scenario: Scenario,
  server: MemoryServer,
  loseWorker: () => Promise<void>,
): Promise<Transcript> {
  const steps: Step[] = [];
  const clients = new Map<string, TestClient>();
  const written = new Map<string, { frames: number; closed: boolean; lastId: number }>();
  const placeholders = new Placeholders();
  const heardOf = new Set<Frame>();

  const client = (name: string) => {
    const found = clients.get(name);
    const state = written.get(name);
    if (!found || !state) throw new Error(`${name} is not connected`);
    return { client: found, state };
  };
  const writeDown = () => {
    for (const name of clients.keys()) {
      const { client: one, state } = client(name);
      for (const frame of one.log.frames.slice(state.frames)) steps.push({ client: name, receives: frame });
      state.frames = one.log.frames.length;
      if (one.closeFrame && !state.closed) {
        state.closed = true;
        steps.push({ client: name, closed: one.closeFrame });
      }
    }
  };

  await scenario.play({
    async connects(name, as = {}) {
      const { peerId = name, ...rest } = as;
      clients.set(name, await server.connect(peerId, rest));
      written.set(name, { frames: 0, closed: false, lastId: 0 });
      steps.push({ client: name, connects: { peerId, ...rest } });
    },
    async asks(name, method, asked) {
      const { client: one, state } = client(name);
      const id = (state.lastId += 1);
      const frame = { request: true, id, method, ...(asked && { data: asked }) };
      steps.push({ client: name, sends: frame });
      one.send(JSON.stringify(frame));
      const answer: Frame = await one.answerTo(id);
      const data = structuredClone(answer.data ?? {});
      if (answer.data) placeholders.learn(name, answer.data);
      writeDown();
      return data;
    },
    async sends(name, text, causes) {
      const { client: one } = client(name);
      const before = one.log.frames.length;
      steps.push({ client: name, sends: text });
      one.send(text);
      await one.log.find((frame) => frame.method === causes && one.log.frames.indexOf(frame) >= before);
      writeDown();
    },
    async hears(name, notification) {
      const { client: one } = client(name);
      const frame = await one.log.find((each) => each.method === notification && !heardOf.has(each));
      heardOf.add(frame);
      const { data = {} } = frame;
      const heard = structuredClone(data);
      placeholders.learn(name, data);
      writeDown();
      return heard;
    },
    disconnects(name) {
      const { client: one, state } = client(name);
      steps.push({ client: name, disconnects: true });
      state.closed = true;
      one.disconnect();
      writeDown();
      return Promise.resolve();
    },
    loses(name) {
      const { client: one, state } = client(name);
      steps.push({ client: name, loses: true });
      state.closed = true;
      one.lose();
      writeDown();
      return Promise.resolve();
    },
    async host(action, details = {}) {
      steps.push({ host: action, ...details });
      await actAsHost(server, { action, loseWorker, ...details });
      writeDown();
    },
  });

  const { name, about, refuses, dialect = 'protoo' } = scenario;
  return {
    dialect,
    version: 1,
    name,
    about,
    ...(refuses && { refuses }),
    steps: placeholders.putInto(steps) as Step[],
    values: placeholders.values,
  };
}
