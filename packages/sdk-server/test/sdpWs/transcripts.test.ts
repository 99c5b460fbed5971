import { readSdpWsTranscripts, type SdpWsStep } from '@parlor/protocol/fixtures/sdpWs.js';
import { differences, fillIn } from '@parlor/protocol/fixtures/transcript.js';
import { describe, expect, test } from 'vitest';
import type { TokenClaims } from '../../src/access/tokens.js';
import { sdpOf, sectionsOf } from './recordSdpWs.js';
import { sdpWsScenarios } from './scenarios.js';
import { sdpWsServer, type SdpWsClient } from './sdpWsServer.js';

describe('golden transcripts of calls over plain SDP', () => {
  const transcripts = readSdpWsTranscripts();

  test('there is one of every scenario', () => {
    expect(transcripts.map(({ name }) => name).sort()).toEqual(sdpWsScenarios.map(({ name }) => name).sort());
  });

  for (const { name, version, steps, values: recorded } of transcripts) {
    test(`v${String(version)} ${name}`, async () => {
      const server = sdpWsServer();
      const clients = new Map<string, { client: SdpWsClient; taken: number }>();
      const values: Record<string, unknown> = {};
      const find = (id: string) => clients.get(id)!;

      const play = async (step: SdpWsStep): Promise<string[]> => {
        if ('passes' in step) await server.pass(step.passes);
        else if ('arrives' in step) server.flow(step.mediaOf);
        else if ('muted' in step) await server.mute(step.mediaOf, step.muted);
        else if ('connects' in step) {
          const { path, ...claims } = step.connects;
          const client = await server.connect(step.client, { path, claims: claims as TokenClaims });
          clients.set(step.client, { client, taken: 0 });
        } else if ('sends' in step) {
          const message = fillIn(step.sends, recorded);
          find(step.client).client.write(typeof message === 'string' ? message : JSON.stringify(message));
        } else if ('disconnects' in step) find(step.client).client.disconnect();
        else if ('closed' in step)
          return differences({ recorded: step.closed, actual: find(step.client).client.closed }, values);
        else {
          const state = find(step.client);
          const actual = state.client.messages[state.taken];
          state.taken += 1;
          if (!actual) return ['nothing came'];
          // The words of errors may be improved.
          const { message: _words, ...expected } = step.receives as Record<string, unknown>;
          const found = differences({ recorded: expected, actual }, values);
          const sdp = sdpOf(actual);
          const sections =
            sdp === undefined
              ? []
              : differences({ recorded: step.sections, actual: sectionsOf(sdp) }, values);
          return [...found, ...sections];
        }
        await server.settled();
        return [];
      };

      for (const [index, step] of steps.entries())
        expect(await play(step), `step ${String(index)}: ${JSON.stringify(step).slice(0, 300)}`).toEqual([]);
      for (const [id, { client, taken }] of clients)
        expect(client.messages.slice(taken), `${id} also got this`).toEqual([]);
      expect(server.errors).toEqual([]);
    });
  }
});
