import type { Distribution } from './measure/statistics.js';
import type { LoadResult } from './measure/summarize.js';

/** From here on the tool itself may be what is slow. */
const BUSY_CORES = 0.9;

const short = (value: number): string =>
  value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));

function distribution(of: Distribution | undefined, unit: string): string {
  if (!of) return 'none';
  const { p50, p95, p99, max } = of;
  return `p50 ${short(p50)}, p95 ${short(p95)}, p99 ${short(p99)}, max ${short(max)} ${unit}`;
}

const megabits = (bitsPerSecond: number): string => `${short(bitsPerSecond / 1e6)} Mbit/s`;

const spread = (of: Distribution | undefined): string =>
  of ? `${short(of.min)} to ${short(of.max)}, median ${short(of.p50)} (${String(of.count)} streams)` : 'none';

/** For people. */
export function report(result: LoadResult): string {
  const { peers, received, sent, packetsPerStream, failures, messages, cores, seconds } = result;
  const failed = Object.entries(failures);
  const rows: [string, string][] = [
    ['joined', `${String(peers.joined)} of ${String(peers.wanted)}, ${String(peers.publishing)} publish`],
    ['join', distribution(result.joinMs, 'ms')],
    ['first media', distribution(result.firstMediaMs, 'ms')],
    ['received', `${megabits(received.bitsPerSecond)}, ${short(received.packetsPerSecond)} packets/s`],
    ['lost', `${short(received.lossRatio * 100)} % (${String(received.lost)} packets)`],
    ['sent', `${megabits(sent.bitsPerSecond)}, ${short(sent.packetsPerSecond)} packets/s`],
    ['packets, audio', spread(packetsPerStream.audio)],
    ['packets, video', spread(packetsPerStream.video)],
    [
      'failures',
      failed.length === 0 ? 'none' : failed.map(([code, count]) => `${code} ${String(count)}`).join(', '),
    ],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const lines = [
    `Room ${result.room} at ${result.url}, ${short(seconds)} s`,
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    ...Object.entries(messages).map(([code, message]) => `\n  ${code}: ${message}`),
    ...(cores > BUSY_CORES
      ? [
          '',
          `This tool used ${short(cores)} cores: what it shows may be its own limit. Run several, on other machines.`,
        ]
      : []),
  ];
  return `${lines.join('\n')}\n`;
}
