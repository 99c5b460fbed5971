import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { callScenarios } from './support/callScenarios.js';
import { memoryCallServer } from './support/memoryCallServer.js';
import { recordTranscript } from './support/recordTranscript.js';

/** Records the scenarios that have no transcript yet; those that have one are never written again. */
const folder = new URL('../../protocol/fixtures/calls/v1/', import.meta.url);
mkdirSync(folder, { recursive: true });

for (const scenario of callScenarios) {
  const file = new URL(`${scenario.name}.json`, folder);
  if (existsSync(file)) continue;
  const transcript = await recordTranscript(scenario, memoryCallServer(), () => Promise.resolve());
  writeFileSync(file, await format(JSON.stringify(transcript), { parser: 'json', printWidth: 110 }));
  console.log(`recorded ${scenario.name}: ${String(transcript.steps.length)} steps`);
}
