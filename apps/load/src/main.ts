#!/usr/bin/env node
import { runCli } from './cli.js';

const interrupted = new AbortController();
process.once('SIGINT', () => {
  interrupted.abort();
});
const code = await runCli(
  process.argv.slice(2),
  {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
  },
  { signal: interrupted.signal },
);
process.exit(code);
