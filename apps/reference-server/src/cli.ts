import type { Environment } from './config.js';
import { ConfigError, readConfig } from './config.js';
import { HELP } from './help.js';
import { createLogger } from './logger.js';
import { startServer } from './server.js';
import { TOKEN_HELP, tokenCommand } from './tokenCommand.js';

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
}

/** Runs the command line; resolves with the exit code, or undefined while the server runs. */
export async function runCli(
  argv: readonly string[],
  terminal: Terminal,
  env?: Environment,
): Promise<number | undefined> {
  try {
    const [command, ...rest] = argv;
    const wantsHelp = argv.includes('--help') || argv.includes('-h');
    if (command === 'token') {
      terminal.out(wantsHelp ? TOKEN_HELP : `${await tokenCommand(rest, env)}\n`);
      return 0;
    }
    if (wantsHelp) {
      terminal.out(HELP);
      return 0;
    }
    const config = readConfig(argv, env);
    const { url } = await startServer(config, createLogger(config.logLevel));
    if (config.dev) {
      terminal.out(
        `\nOpen ${url}/demo/ in two windows. No token is needed (--dev): keep it on this machine.\n\n`,
      );
    }
    return undefined;
  } catch (error) {
    if (error instanceof ConfigError) {
      terminal.err(
        `parlor-server cannot start:\n${error.problems.map((problem) => `  - ${problem}\n`).join('')}`,
      );
      return 2;
    }
    terminal.err(`parlor-server cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}
