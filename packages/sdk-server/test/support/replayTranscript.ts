import { differences, fillIn, type Step, type Transcript } from '@parlor/protocol/fixtures/transcript.js';
import type { Grants } from '../../src/core/types.js';
import { actAsHost } from './hostActions.js';
import type { MemoryServer } from './memoryServer.js';
import type { TestClient } from './TestClient.js';

/** Plays the clients of a transcript; rejects at the first step at which the server does something else. */
export async function replayTranscript(
  { steps }: Transcript,
  server: MemoryServer,
  loseWorker: () => Promise<void>,
): Promise<void> {
  const clients = new Map<string, TestClient>();
  const values: Record<string, unknown> = {};
  const client = (name: string): TestClient => {
    const found = clients.get(name);
    if (!found) throw new Error(`${name} is not connected`);
    return found;
  };

  const play = async (step: Step): Promise<string[]> => {
    if ('host' in step) {
      const { host: action, ...details } = step;
      await actAsHost(server, { action, loseWorker, ...details });
    } else if ('connects' in step) {
      const { peerId, grants, ...as } = step.connects;
      const connected = await server.connect(peerId, {
        ...as,
        ...(grants && { grants: grants as Partial<Grants> }),
      });
      clients.set(step.client, connected);
    } else if ('sends' in step) {
      const message = fillIn(step.sends, values);
      client(step.client).send(typeof message === 'string' ? message : JSON.stringify(message));
    } else if ('receives' in step) {
      return differences({ recorded: step.receives, actual: await client(step.client).log.take() }, values);
    } else if ('disconnects' in step) {
      client(step.client).disconnect();
    } else if ('loses' in step) {
      client(step.client).lose();
    } else {
      return differences({ recorded: step.closed, actual: await client(step.client).closed }, values);
    }
    return [];
  };

  for (const [index, step] of steps.entries()) {
    const found = await play(step);
    if (found.length > 0)
      throw new Error([`step ${String(index)}, ${JSON.stringify(step)}:`, ...found].join('\n  '));
  }
  for (const [name, { log }] of clients) {
    const [surplus] = log.untaken;
    if (surplus) throw new Error(`${name} also got ${JSON.stringify(surplus)}`);
  }
}
