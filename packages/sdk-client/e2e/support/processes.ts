import { readFileSync } from 'node:fs';

/** Processes that `pid` has started and that still run (Linux). */
export const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8')
    .split(' ')
    .filter((text) => text.trim() !== '')
    .map(Number);
