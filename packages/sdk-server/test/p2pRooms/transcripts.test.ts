import { readP2pTranscripts, type P2pStep } from '@parlor/protocol/fixtures/p2pRooms.js';
import { differences, fillIn } from '@parlor/protocol/fixtures/transcript.js';
import { describe, expect, test } from 'vitest';
import type { P2pClient } from './P2pClient.js';
import { p2pServer, type P2pServer } from './p2pServer.js';

const USERS: Record<string, { sub: string; name: string }> = {
  xiaoming: { sub: 'xiaoming', name: '小明' },
  xiaohong: { sub: 'xiaohong', name: '小红' },
};

/** Plays the clients of a transcript; returns how the server differs, step by step. */
function player(server: P2pServer) {
  const values: Record<string, unknown> = {};
  const clients = new Map<string, P2pClient>();
  const client = (name: string): P2pClient => {
    const found = clients.get(name);
    if (!found) throw new Error(`${name} is not connected`);
    return found;
  };
  const filled = (text: string) => text.replace(/<[\w.]+>/g, (name) => String(values[name]));
  const tokenOf = async (user: string | undefined) =>
    user === undefined ? undefined : server.user(USERS[user] ?? { sub: user });

  const play = async (step: P2pStep): Promise<string[]> => {
    if ('asks' in step) {
      const { method, path, as, body } = step.asks;
      const { status, body: actual } = await server.ask(method, filled(path), {
        token: await tokenOf(as),
        body,
      });
      return differences({ recorded: step.answers, actual: { status, body: actual } }, values);
    }
    if ('minutesPass' in step) await server.clock.pass(step.minutesPass * 60_000);
    else if ('serverCloses' in step) server.rooms.close();
    else if ('movesToServer' in step)
      await server.registry.open(filled(step.movesToServer), { topology: 'sfu' });
    else if ('connects' in step) {
      const { room, as, token } = step.connects;
      const shown = token === undefined ? await tokenOf(as) : filled(token);
      clients.set(step.client, await server.dial(filled(room), shown).opened());
    } else if ('sends' in step) client(step.client).send(fillIn(step.sends, values));
    else if ('receives' in step)
      return differences({ recorded: step.receives, actual: await client(step.client).take() }, values);
    else if ('closed' in step)
      return differences({ recorded: step.closed, actual: await client(step.client).closed }, values);
    else client(step.client).ws.close();
    return [];
  };
  const surplus = () =>
    [...clients].flatMap(([name, { untaken }]) => untaken.map((message) => ({ name, message })));
  return { play, surplus };
}

describe('golden transcripts of p2pRooms', () => {
  const transcripts = readP2pTranscripts('v1');

  test('are there', () => {
    expect(transcripts.map(({ name }) => name)).toEqual([
      'deleted',
      'moved',
      'refusals',
      'replaced',
      'server-closing',
      'socket-errors',
      'source-document-call',
    ]);
  });

  for (const { name, steps } of transcripts) {
    test(`v1 ${name}`, async () => {
      const server = await p2pServer();
      const { play, surplus } = player(server);
      for (const [index, step] of steps.entries())
        expect(await play(step), `step ${String(index)}: ${JSON.stringify(step)}`).toEqual([]);
      expect(surplus()).toEqual([]);
      await server.close();
      expect(server.errors).toEqual([]);
    });
  }
});
