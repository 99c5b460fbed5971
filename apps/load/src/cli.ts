import { createToken } from '@parlor/sdk-server';
import { LoadError } from './LoadError.js';
import { readSamples, type Samples } from './media/Sample.js';
import { HELP, readOptions, type Options } from './options.js';
import { isWrongUse } from './ProtooSocket.js';
import { report } from './report.js';
import { runLoad } from './runLoad.js';

export interface Terminal {
  out(text: string): void;
  err(text: string): void;
}

const TOKEN_TTL_SECONDS = 600;
/** Beside the sources and beside what is built of them. */
const MEDIA = new URL('../media/', import.meta.url);
const MIDDLE_LAYER = 1;

/** Without simulcast: the picture in the middle. */
const chosen = (samples: Samples, simulcast: boolean): Samples =>
  simulcast ? samples : { ...samples, video: samples.video.slice(MIDDLE_LAYER, MIDDLE_LAYER + 1) };

async function tokenFor({ token, secret, room }: Options, peerId: string): Promise<string | undefined> {
  if (token !== undefined || secret === undefined) return token;
  try {
    return await createToken({ sub: peerId, rooms: [room] }, secret, { ttlSeconds: TOKEN_TTL_SECONDS });
  } catch (error) {
    throw new LoadError('BAD_OPTION', error instanceof Error ? error.message : String(error));
  }
}

/** Runs the command line; resolves with the exit code. */
export async function runCli(
  argv: readonly string[],
  terminal: Terminal,
  { env = process.env, signal }: { env?: NodeJS.ProcessEnv; signal?: AbortSignal } = {},
): Promise<number> {
  try {
    if (argv.includes('--help') || argv.includes('-h')) {
      terminal.out(HELP);
      return 0;
    }
    const options = readOptions(argv, env);
    const result = await runLoad(
      {
        url: options.url,
        roomId: options.room,
        peers: options.peers,
        publish: options.publish,
        durationMs: options.durationSeconds * 1000,
        joinsPerSecond: options.joinsPerSecond,
        samples: chosen(readSamples(MEDIA), options.simulcast),
        wish: { lastN: options.lastN, layer: options.layer },
        tokenFor: (peerId) => tokenFor(options, peerId),
      },
      {
        signal,
        onProgress: (text) => {
          terminal.err(`${text} ...\n`);
        },
      },
    );
    terminal.out(options.json ? `${JSON.stringify(result)}\n` : report(result));
    return Object.keys(result.failures).length === 0 ? 0 : 1;
  } catch (error) {
    if (!(error instanceof LoadError)) throw error;
    terminal.err(`parlor-load: ${error.code}: ${error.message}\n`);
    return isWrongUse(error) ? 2 : 1;
  }
}
