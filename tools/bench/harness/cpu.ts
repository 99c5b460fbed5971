import { readdirSync, readFileSync } from 'node:fs';

/** CPU of this process, all threads, user and system, milliseconds. */
export function ownCpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** CPU of another process, milliseconds: the scheduler's own count in nanoseconds (Linux, proc(5) schedstat). */
export function cpuMsOf(pid: number): number {
  let nanoseconds = 0;
  for (const thread of readdirSync(`/proc/${String(pid)}/task`)) {
    const [ran] = readFileSync(`/proc/${String(pid)}/task/${thread}/schedstat`, 'utf8').split(' ');
    nanoseconds += Number(ran);
  }
  return nanoseconds / 1e6;
}
