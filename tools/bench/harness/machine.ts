import { arch, cpus, loadavg, platform, totalmem } from 'node:os';

export interface Machine {
  cpu: string;
  cores: number;
  memoryGiB: number;
  system: string;
  node: string;
  /** Load average of the last minute, before and after the run: more than one means that something else ran too. */
  load: [before: number, after: number];
}

const rounded = (value: number): number => Math.round(value * 100) / 100;

/** Starts describing the machine; the returned function adds the load at the end. No host names. */
export function describeMachine(): () => Machine {
  const before = loadNow();
  return () => ({
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    system: `${platform()} ${arch()}`,
    node: process.versions.node,
    load: [before, loadNow()],
  });
}

export const loadNow = (): number => rounded(loadavg()[0] ?? 0);
