#!/usr/bin/env node
import { runCli } from './cli.js';

const terminal = {
  out: (text: string) => process.stdout.write(text),
  err: (text: string) => process.stderr.write(text),
};
const code = await runCli(process.argv.slice(2), terminal);
if (code !== undefined) process.exitCode = code;
