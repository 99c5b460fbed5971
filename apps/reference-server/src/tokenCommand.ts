import { createToken, type TokenClaims } from '@parlor/sdk-server';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { ConfigError, readJwtSecret, type Environment } from './config.js';
import { duration } from './values.js';

export const TOKEN_HELP = `parlor-server token: prints a token with which a client can join

Usage
  PARLOR_JWT_SECRET=… parlor-server token --user alice --room standup

Options
  --user <id>        who it is for
  --name <name>      the name that others see
  --room <pattern>   a room that it opens, * stands for any text; again for more rooms. Default: all rooms
  --ttl <duration>   how long one can join with it: 90s, 30m, 6h, 7d. Default: 6h
  --can <what>       only this: create, audio, video, screen, subscribe, data, moderate, separated by commas.
                     Default: everything but moderate
`;

const CAN = ['create', 'audio', 'video', 'screen', 'subscribe', 'data', 'moderate'] as const;
const MEDIA = ['audio', 'video', 'screen'] as const;

const TokenOptions = z.object({
  user: z.string({ error: '--user is missing: say who the token is for' }).min(1).max(256),
  name: z.string().optional(),
  room: z.array(z.string().min(1)).optional(),
  ttl: duration.default(6 * 3600),
  can: z
    .string()
    .transform((text) => text.split(',').map((part) => part.trim()))
    .pipe(z.array(z.enum(CAN, { error: `--can takes ${CAN.join(', ')}` })))
    .optional(),
});

/**
 * The token that the options ask for.
 *
 * @throws ConfigError
 */
export async function tokenCommand(argv: readonly string[], env?: Environment): Promise<string> {
  const secret = readJwtSecret(env);
  const problems =
    secret === undefined ? ['set PARLOR_JWT_SECRET to the secret of the server that the token is for'] : [];
  const parsed = TokenOptions.safeParse(readOptions(argv));
  if (!parsed.success) problems.push(...parsed.error.issues.map((issue) => issue.message));
  if (!parsed.success || secret === undefined) throw new ConfigError(problems);

  const { user, name, room, ttl, can } = parsed.data;
  const claims: TokenClaims = { sub: user, name, rooms: room, can: can && grants(can) };
  try {
    return await createToken(claims, secret, { ttlSeconds: ttl });
  } catch (error) {
    throw new ConfigError([error instanceof Error ? error.message : String(error)]);
  }
}

const grants = (can: readonly (typeof CAN)[number][]): TokenClaims['can'] => ({
  create: can.includes('create'),
  publish: MEDIA.filter((media) => can.includes(media)),
  subscribe: can.includes('subscribe'),
  data: can.includes('data'),
  moderate: can.includes('moderate'),
});

function readOptions(argv: readonly string[]): unknown {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        user: { type: 'string' },
        name: { type: 'string' },
        room: { type: 'string', multiple: true },
        ttl: { type: 'string' },
        can: { type: 'string' },
      },
    }).values;
  } catch (error) {
    throw new ConfigError([error instanceof Error ? error.message : String(error)]);
  }
}
