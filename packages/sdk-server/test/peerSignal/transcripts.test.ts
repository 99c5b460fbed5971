import {
  differences,
  fillIn,
  readTranscripts,
  type Transcript,
} from '@parlor/protocol/fixtures/transcript.js';
import { afterEach, describe, expect, test } from 'vitest';
import { signalServer, type SignalTestServer } from './signalServer.js';
import type { SignalClient } from './SignalClient.js';

interface Sent {
  event: string;
  data: unknown;
  /** Which acknowledgement it is; absent: none is asked for. */
  ack?: number;
}

/** One client of a transcript: events and acknowledgements in the order in which they came. */
class Replayed {
  readonly client: SignalClient;
  readonly frames: object[] = [];
  #read = 0;
  #came: (() => void) | undefined;

  constructor(client: SignalClient) {
    this.client = client;
    client.socket.onAny((event: string, data: unknown) => {
      this.#push({ event, data });
    });
  }

  get unread(): object[] {
    return this.frames.slice(this.#read);
  }

  send({ event, data, ack }: Sent): void {
    if (ack === undefined) this.client.socket.emit(event, data);
    else
      this.client.socket.emit(event, data, (answer: unknown) => {
        this.#push({ ack, data: answer });
      });
  }

  async next(): Promise<object> {
    while (this.#read === this.frames.length) await new Promise<void>((resolve) => (this.#came = resolve));
    this.#read += 1;
    return this.frames[this.#read - 1] ?? {};
  }

  #push(frame: object): void {
    this.frames.push(frame);
    this.#came?.();
  }
}

describe('golden transcripts of peerSignal', () => {
  let server: SignalTestServer;
  afterEach(async () => {
    await server.close();
    expect(server.errors).toEqual([]);
  });

  for (const transcript of readTranscripts('peerSignal')) {
    test(`v${String(transcript.version)} ${transcript.name}`, async () => {
      const refused = transcript.refuses?.join ?? {};
      server = await signalServer({
        hooks: {
          onJoin: ({ displayName }) => {
            const why = refused[displayName];
            if (why !== undefined) throw new Error(why);
          },
        },
      });
      await replay(transcript, server);
    });
  }
});

async function replay({ steps }: Transcript, server: SignalTestServer): Promise<void> {
  const clients = new Map<string, Replayed>();
  const values: Record<string, unknown> = {};
  const of = (name: string): Replayed => {
    const client = clients.get(name);
    if (!client) throw new Error(`${name} has not connected`);
    return client;
  };

  for (const [index, step] of steps.entries()) {
    if ('host' in step) {
      if (step.host === 'closesServer') await server.parlor.close();
      else if (step.host === 'removesPeer')
        server.parlor.rooms
          .get('general')
          ?.peers.get(String(values[`<${String(step.peerId)}.id>`]))
          ?.remove();
      else throw new Error(`nobody has written down how the host ${step.host}`);
    } else if ('connects' in step) {
      const client = await server.connect();
      values[`<${step.client}.id>`] = client.id;
      clients.set(step.client, new Replayed(client));
    } else if ('sends' in step) {
      of(step.client).send(fillIn(step.sends, values) as Sent);
    } else if ('receives' in step) {
      const actual = await of(step.client).next();
      expect(
        differences({ recorded: step.receives, actual }, values),
        `step ${String(index)}: ${JSON.stringify(actual)}`,
      ).toEqual([]);
    } else if ('disconnects' in step) await of(step.client).client.drop();
    else throw new Error(`step ${String(index)} cannot be replayed`);
  }
  // An answer comes after everything that was on its way before it.
  const listening = !steps.some((step) => 'host' in step && step.host === 'closesServer');
  for (const [name, one] of clients) {
    if (listening && one.client.socket.connected)
      await one.client.request('leave-room', { roomName: 'none' });
    expect(one.unread, name).toEqual([]);
  }
}
