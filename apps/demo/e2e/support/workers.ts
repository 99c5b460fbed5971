import { readdirSync, readFileSync } from 'node:fs';

/** Process ids of the media workers that a server has started (Linux: from /proc). */
export const workersOf = (serverPid: number): number[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => parentOf(pid) === serverPid && commandOf(pid).includes('mediasoup-worker'));

/** A process may end between listing and reading. */
const read = (pid: number, file: string): string => {
  try {
    return readFileSync(`/proc/${String(pid)}/${file}`, 'utf8');
  } catch {
    return '';
  }
};

const parentOf = (pid: number): number => Number(/^PPid:\s+(\d+)/m.exec(read(pid, 'status'))?.[1] ?? -1);
const commandOf = (pid: number): string => read(pid, 'cmdline');
