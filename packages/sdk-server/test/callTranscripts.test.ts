import { readTranscripts } from '@parlor/protocol/fixtures/transcript.js';
import { describe, expect, test } from 'vitest';
import { callScenarios } from './support/callScenarios.js';
import { memoryCallServer } from './support/memoryCallServer.js';
import { replayTranscript } from './support/replayTranscript.js';

describe('golden transcripts of calls', () => {
  const transcripts = readTranscripts('calls');

  test('there is one of every scenario', () => {
    expect(transcripts.map(({ name }) => name).sort()).toEqual(callScenarios.map(({ name }) => name).sort());
  });

  for (const transcript of transcripts) {
    test(`v${String(transcript.version)} ${transcript.name}`, async () => {
      const server = memoryCallServer();
      await replayTranscript(transcript, server, () => Promise.resolve());
      expect(server.errors).toEqual([]);
    });
  }
});
