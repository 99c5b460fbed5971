import { readTranscripts } from '@parlor/protocol/fixtures/transcript.js';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { silentLogger } from '../src/logger.js';
import { MediasoupBackend } from '../src/media/mediasoup/MediasoupBackend.js';
import { refusingHooks } from './support/hostActions.js';
import { memoryServer } from './support/memoryServer.js';
import { replayTranscript } from './support/replayTranscript.js';
import { killWorker, LOCAL_MEDIA, watchWorkers, type WatchedWorkers } from './support/workers.js';

describe('golden transcripts of protoo, on a real worker', () => {
  let watched: WatchedWorkers;
  let backend: MediasoupBackend;
  beforeAll(async () => {
    watched = watchWorkers();
    backend = await MediasoupBackend.open(LOCAL_MEDIA, silentLogger);
  });
  afterAll(() => {
    watched.stop();
    backend.close();
  });

  for (const transcript of readTranscripts('protoo')) {
    test(`v${String(transcript.version)} ${transcript.name}`, async () => {
      const server = memoryServer({ backend, hooks: refusingHooks(transcript.refuses) });
      await replayTranscript(transcript, server, () => killWorker(watched));
      expect(server.errors).toEqual([]);
      server.rooms.get('room')?.close();
    });
  }
});
