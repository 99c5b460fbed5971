import { readTranscripts } from '@parlor/protocol/fixtures/transcript.js';
import { describe, expect, test } from 'vitest';
import { FakeBackend } from '../src/media/fake/FakeBackend.js';
import { refusingHooks } from './support/hostActions.js';
import { memoryServer } from './support/memoryServer.js';
import { replayTranscript } from './support/replayTranscript.js';
import { scenarios } from './support/scenarios/index.js';

describe('golden transcripts of protoo', () => {
  const transcripts = readTranscripts('protoo');

  test('there is one of every scenario', () => {
    expect(new Set(transcripts.map(({ name }) => name))).toEqual(new Set(scenarios.map(({ name }) => name)));
  });

  for (const transcript of transcripts) {
    test(`v${String(transcript.version)} ${transcript.name}`, async () => {
      const backend = new FakeBackend();
      const server = memoryServer({ backend, hooks: refusingHooks(transcript.refuses) });
      await replayTranscript(transcript, server, () => {
        for (const room of backend.rooms.values()) room.emit('died');
        return Promise.resolve();
      });
      expect(server.errors).toEqual([]);
    });
  }
});
