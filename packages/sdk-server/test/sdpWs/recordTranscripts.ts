import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { format } from 'prettier';
import { recordSdpWs } from './recordSdpWs.js';
import { sdpWsScenarios } from './scenarios.js';

/** Records the scenarios that have no transcript yet; those that have one are never written again. */
const folder = new URL('../../../protocol/fixtures/sdpWs/v1/', import.meta.url);
mkdirSync(folder, { recursive: true });

for (const scenario of sdpWsScenarios) {
  const file = new URL(`${scenario.name}.json`, folder);
  if (existsSync(file)) continue;
  const transcript = await recordSdpWs(scenario);
  writeFileSync(file, await format(JSON.stringify(transcript), { parser: 'json', printWidth: 110 }));
  console.log(`recorded ${scenario.name}: ${String(transcript.steps.length)} steps`);
}
