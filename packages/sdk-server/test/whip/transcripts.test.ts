import {
  fillInText,
  readWhipTranscripts,
  textDifferences,
  type WhipStep,
} from '@parlor/protocol/fixtures/whip.js';
import { describe, expect, test } from 'vitest';
import { whipServer, type WhipServer } from './whipServer.js';

/** Plays the client of a transcript; returns how the server differs, step by step. */
function player(server: WhipServer) {
  const values: Record<string, string> = {};

  return async (step: WhipStep): Promise<string[]> => {
    const { method, path, as, headers = {}, body } = step.asks;
    const answer = await server.ask(method, fillInText(path, values), {
      token: as ? await server.tokenOf(as) : '',
      headers: Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [name, fillInText(value, values)]),
      ),
      ...(body && { body: body.map((line) => `${line}\r\n`).join('') }),
    });
    const { status, headers: recordedHeaders = {}, body: recordedBody = [] } = step.answers;
    const lines = answer.body.split('\r\n').filter(Boolean);
    return [
      ...textDifferences({ recorded: String(status), actual: String(answer.status) }, values),
      ...Object.entries(recordedHeaders).flatMap(([name, recorded]) =>
        textDifferences({ recorded, actual: answer.headers.get(name) ?? undefined }, values),
      ),
      ...textDifferences({ recorded: String(recordedBody.length), actual: String(lines.length) }, values),
      ...recordedBody.flatMap((recorded, index) =>
        textDifferences({ recorded, actual: lines[index] }, values),
      ),
    ];
  };
}

describe('golden transcripts of WHIP and WHEP', () => {
  const transcripts = readWhipTranscripts('v1');

  test('are there', () => {
    expect(transcripts.map(({ name }) => name)).toEqual(['publish', 'refusals', 'watch']);
  });

  for (const { name, steps } of transcripts) {
    test(`v1 ${name}`, async () => {
      const server = whipServer();
      const play = player(server);
      for (const [index, step] of steps.entries())
        expect(await play(step), `step ${String(index)}: ${JSON.stringify(step)}`).toEqual([]);
      expect(server.rooms.size).toBe(0);
      expect(server.errors).toEqual([]);
    });
  }
});
