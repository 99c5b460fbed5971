import { existsSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { silentLogger } from '../src/logger.js';
import { MediasoupBackend } from '../src/media/mediasoup/MediasoupBackend.js';
import { refusingHooks } from './support/hostActions.js';
import { memoryServer } from './support/memoryServer.js';
import { recordTranscript } from './support/recordTranscript.js';
import { scenarios } from './support/scenarios/index.js';
import { killWorker, LOCAL_MEDIA, watchWorkers } from './support/workers.js';

/** Records the scenarios that have no transcript yet; those that have one are never written again. */
const folder = new URL('../../protocol/fixtures/protoo/v1/', import.meta.url);
const watched = watchWorkers();

for (const scenario of scenarios) {
  const file = new URL(`${scenario.name}.json`, folder);
  if (existsSync(file)) continue;
  const backend = await MediasoupBackend.open(LOCAL_MEDIA, silentLogger);
  const server = memoryServer({ backend, hooks: refusingHooks(scenario.refuses) });
  const transcript = await recordTranscript(scenario, server, () => killWorker(watched));
  writeFileSync(file, await format(JSON.stringify(transcript), { parser: 'json', printWidth: 110 }));
  console.log(`recorded ${scenario.name}: ${String(transcript.steps.length)} steps`);
  server.rooms.get('room')?.close();
  backend.close();
}
