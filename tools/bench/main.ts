// npm run bench [-- NAME...]: runs benchmarks, writes RESULTS.json and RESULTS.md, fails when a gate is missed.
import { relative } from 'node:path';
import { broadcast } from './broadcast.js';
import { bundle } from './bundle.js';
import { consume, memory } from './consume.js';
import type { Bench } from './harness/Bench.js';
import { describeMachine } from './harness/machine.js';
import { section } from './harness/report.js';
import type { BenchResult, Results } from './harness/result.js';
import { resultFiles, store } from './harness/store.js';
import { idle } from './idle.js';
import { crowd, join, join2, join30, join40 } from './join.js';
import { media } from './media.js';
import { memoryRooms } from './memoryRooms.js';
import { meshCost } from './mesh.js';
import { recoveryRestart, recoverySwitch, recoveryWorker } from './recovery.js';
import { recoveryNetwork } from './recoveryNetwork.js';
import { recoveryStall, recoveryStallFirefox } from './recoveryStall.js';
import { relay } from './relay.js';
import { rpc } from './rpc.js';
import { rpcOthers } from './rpcOthers.js';
import { soak } from './soak.js';
import { storm } from './storm.js';
import { swapGap } from './swap.js';
import { ttff, ttffJanus } from './ttff.js';
import { ttfp } from './ttfp.js';
import { validate } from './validate.js';
import { viewers } from './viewers.js';

const benches: readonly Bench[] = [
  join2,
  join30,
  join40,
  join,
  crowd,
  storm,
  consume,
  memory,
  memoryRooms,
  ...media,
  viewers,
  ttfp,
  ttff,
  ttffJanus,
  validate,
  rpc,
  ...rpcOthers,
  relay,
  idle,
  broadcast,
  soak,
  meshCost,
  swapGap,
  recoverySwitch,
  recoveryRestart,
  recoveryWorker,
  recoveryNetwork,
  recoveryStall,
  recoveryStallFirefox,
  bundle,
];

/** `recovery` stands for `recovery-worker` as well, and `join` for `join-2`. */
const isOf =
  (asked: string) =>
  ({ name }: Bench): boolean =>
    name === asked || name.startsWith(`${asked}-`);

async function runOne({ name, about, run }: Bench): Promise<BenchResult> {
  console.log(`${name}: ${about} ...\n`);
  const startedAt = performance.now();
  const machine = describeMachine();
  const { measurements, details } = await run();
  const seconds = (performance.now() - startedAt) / 1000;
  return { date: new Date().toISOString(), machine: machine(), seconds, measurements, details };
}

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.find((name) => !benches.some(isOf(name)));
  if (unknown !== undefined) {
    console.error(
      `There is no benchmark "${unknown}". Known: ${benches.map(({ name }) => name).join(', ')}.`,
    );
    return 2;
  }
  const results: Results = {};
  const asked = benches.filter((one) => names.length === 0 || names.some((name) => isOf(name)(one)));
  for (const [index, bench] of asked.entries()) {
    if (bench.needs && process.env[bench.needs.program] === undefined) {
      console.log(`${bench.name}: left out, because ${bench.needs.what} is not there.\n`);
      continue;
    }
    const result = await runOne(bench);
    results[bench.name] = result;
    console.log(section(bench.name, bench.about, result));
    const isShared = asked.slice(index + 1).some(({ end }) => end === bench.end);
    if (!isShared) await bench.end?.();
  }
  await store(results, benches);
  console.log(
    `Written: ${Object.values(resultFiles)
      .map((file) => relative('.', file))
      .join(', ')}`,
  );
  const verdicts = Object.values(results).flatMap(({ measurements }) => measurements);
  if (verdicts.some(({ verdict }) => verdict === 'noisy')) {
    console.log('Some results are noisy: end what else is running and repeat them.');
  }
  return verdicts.some(({ verdict }) => verdict === 'fail') ? 1 : 0;
}

process.exitCode = await main(process.argv.slice(2));
