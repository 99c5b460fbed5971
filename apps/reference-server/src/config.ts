import { readFileSync } from 'node:fs';
import { BlockList, isIP } from 'node:net';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { z } from 'zod';
import { envName, flagName, SETTINGS, type Setting, type SettingName } from './settings.js';
import { turnServerList } from './turnServers.js';
import { duration, oneOf, urlList, wholeNumber, yesOrNo } from './values.js';

export type Environment = Readonly<Record<string, string | undefined>>;

/** Settings that cannot work: everything that is wrong, in sentences that name the fix. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

const MIN_SECRET_BYTES = 32;
const DEFAULT_RTC_PORT = 40_000;

const secret = z.string().refine((text) => Buffer.byteLength(text) >= MIN_SECRET_BYTES, {
  error: `must have at least ${String(MIN_SECRET_BYTES)} bytes; make one with: openssl rand -hex 32`,
});

const Values = z.object({
  host: z.string().optional(),
  port: wholeNumber(0, 65_535).default(3000),
  tlsCert: z.string().optional(),
  tlsKey: z.string().optional(),
  trustedProxies: wholeNumber(0, 16).default(0),
  jwtSecret: secret.optional(),
  jwksUrl: z.string().optional(),
  media: oneOf(['mediasoup', 'none']).default('mediasoup'),
  topology: oneOf(['sfu', 'p2p', 'auto']).optional(),
  maxP2p: wholeNumber(1, 16).optional(),
  lastN: wholeNumber(0, 10_000).optional(),
  maxAudible: wholeNumber(0, 10_000).optional(),
  listenIp: z
    .string()
    .refine((ip) => isIP(ip) !== 0, 'must be an IP address of this machine')
    .optional(),
  announcedAddress: z
    .string()
    .refine((text) => isIP(text) !== 0 || /^[A-Za-z0-9.-]+$/.test(text), {
      error: 'must be an IP address or a host name, without a port',
    })
    .optional(),
  rtcPort: wholeNumber(1, 65_535).optional(),
  workers: wholeNumber(1, 256).optional(),
  maxConsumersPerWorker: wholeNumber(1, 1_000_000).optional(),
  stunUrls: urlList(['stun', 'stuns']).optional(),
  turnUrls: urlList(['turn', 'turns']).optional(),
  turnSecret: z.string().optional(),
  turnServers: turnServerList.optional(),
  turnProbe: yesOrNo.default(true),
  lobby: yesOrNo.optional(),
  ringTimeout: duration.refine((seconds) => seconds <= 3600, 'must be an hour at most').optional(),
  metrics: yesOrNo.default(true),
  metricsToken: z
    .string()
    .regex(/^[\x21-\x7e]{16,}$/, {
      error: 'must have at least 16 characters, without spaces; make one with: openssl rand -hex 16',
    })
    .optional(),
  metricsPerTrack: yesOrNo.default(false),
  resumeGrace: duration.refine((seconds) => seconds <= 3600, 'must be an hour at most').optional(),
  resumeSecret: secret.optional(),
  drainMs: wholeNumber(0, 600_000).default(3000),
  drainUrl: z
    .url({ protocol: /^(https?|wss?)$/, error: 'must be where clients connect: https://host or wss://host' })
    .optional(),
  logLevel: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('info'),
  dev: yesOrNo.default(false),
} satisfies Record<SettingName, z.ZodType>);

type Values = z.infer<typeof Values>;

export type Config = Omit<Values, 'host' | 'topology' | 'tlsCert' | 'tlsKey'> & {
  host: string;
  topology: 'sfu' | 'p2p' | 'auto';
  /** PEM texts. */
  tls: { cert: string; key: string } | undefined;
};

/**
 * Reads the settings: flags first, then the environment; empty is as good as absent. The only place that knows
 * the environment.
 *
 * @throws ConfigError
 */
export function readConfig(argv: readonly string[], env: Environment = process.env): Config {
  const raw = { ...fromEnvironment(env), ...fromFlags(argv) };
  const parsed = Values.safeParse(raw);
  if (!parsed.success) {
    throw new ConfigError(parsed.error.issues.map((issue) => `${spelling(issue.path[0])} ${issue.message}`));
  }
  const problems: string[] = [];
  const values = parsed.data;
  const host = values.host ?? (values.dev ? '127.0.0.1' : '0.0.0.0');
  const rtcPort = values.rtcPort ?? (values.dev ? undefined : DEFAULT_RTC_PORT);
  problems.push(...accessProblems(values, host), ...pairProblems(values));
  const topology = values.topology ?? (values.media === 'none' ? 'p2p' : 'auto');
  const tls = readTls(values, problems);
  if (problems.length > 0) throw new ConfigError(problems);
  return { ...values, host, rtcPort, topology, tls };
}

/** The secret alone, for the token command. */
export const readJwtSecret = (env: Environment = process.env): string | undefined =>
  env[envName('jwtSecret')] || undefined;

function fromEnvironment(env: Environment): Record<string, string> {
  return Object.fromEntries(
    SETTINGS.flatMap(({ name }) => {
      const value = env[envName(name)];
      return value ? [[name, value]] : [];
    }),
  );
}

function fromFlags(argv: readonly string[]): Record<string, string> {
  const flags = SETTINGS.filter((setting: Setting) => !setting.secret);
  const options: NonNullable<ParseArgsConfig['options']> = Object.fromEntries(
    flags.map((setting: Setting) => [
      flagName(setting.name),
      { type: setting.value ? 'string' : 'boolean' } as const,
    ]),
  );
  try {
    const { values } = parseArgs({ args: [...argv], options, strict: true });
    return Object.fromEntries(
      flags.flatMap(({ name }) => {
        const value = values[flagName(name)];
        return value === undefined ? [] : [[name, String(value)]];
      }),
    );
  } catch (error) {
    throw new ConfigError([
      `${error instanceof Error ? error.message : String(error)}; --help lists the settings`,
    ]);
  }
}

function accessProblems({ dev, jwtSecret, jwksUrl }: Values, host: string): string[] {
  const problems: string[] = [];
  if (dev && !isLoopback(host)) {
    problems.push(
      `--dev lets everybody in, so it works on this machine only, not on ${host}: ` +
        'unset PARLOR_HOST, or leave --dev out and set PARLOR_JWT_SECRET',
    );
  }
  if (!dev && jwtSecret === undefined && jwksUrl === undefined) {
    problems.push(
      'without a key to check tokens with nobody could join: set PARLOR_JWT_SECRET (make one with: openssl rand -hex 32) ' +
        'or PARLOR_JWKS_URL; to try things out on this machine, add --dev',
    );
  }
  if (jwksUrl !== undefined && !isKeyServer(jwksUrl)) {
    problems.push(`${spelling('jwksUrl')} must be an https:// address, not ${JSON.stringify(jwksUrl)}`);
  }
  return problems;
}

function pairProblems(values: Values): string[] {
  const { tlsCert, tlsKey, rtcPort, workers, media, topology } = values;
  const needs = (name: SettingName, other: SettingName) => `${envName(name)} needs ${envName(other)} as well`;
  return [
    ...turnProblems(values),
    media === 'none' && topology === 'sfu'
      ? `${envName('topology')}=sfu needs workers that carry media, and ${envName('media')}=none starts none: ` +
        `leave one of the two out, or set ${envName('topology')}=p2p`
      : '',
    tlsCert && !tlsKey ? needs('tlsCert', 'tlsKey') : '',
    tlsKey && !tlsCert ? needs('tlsKey', 'tlsCert') : '',
    (rtcPort ?? 0) + (workers ?? 1) - 1 > 65_535
      ? `${spelling('rtcPort')} is too high for ${String(workers)} workers, which take one port each`
      : '',
  ].filter((problem) => problem !== '');
}

function turnProblems({ turnUrls, turnSecret, turnServers }: Values): string[] {
  const name = envName('turnServers');
  const problems = (turnServers ?? []).flatMap(({ secret, username, credential }, index) => {
    const where = `${name} is wrong at ${String(index)}: `;
    if (Boolean(username) !== Boolean(credential)) return [`${where}username and credential go together`];
    if (username && secret) return [`${where}it has both a secret and static credentials: leave one out`];
    if (username || secret || turnSecret) return [];
    return [`${where}it needs a secret (or ${envName('turnSecret')}), or username and credential`];
  });
  if (turnUrls && !turnSecret) problems.push(`${envName('turnUrls')} needs ${envName('turnSecret')} as well`);
  if (turnSecret && !turnUrls && !turnServers) {
    problems.push(`${envName('turnSecret')} needs ${envName('turnUrls')} or ${name} as well`);
  }
  return problems;
}

function readTls({ tlsCert, tlsKey }: Values, problems: string[]): Config['tls'] {
  const read = (name: SettingName, file: string): string => {
    try {
      return readFileSync(file, 'utf8');
    } catch (error) {
      problems.push(
        `${spelling(name)} cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
      return '';
    }
  };
  if (!tlsCert || !tlsKey) return undefined;
  return { cert: read('tlsCert', tlsCert), key: read('tlsKey', tlsKey) };
}

const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8);
loopback.addAddress('::1', 'ipv6');

function isLoopback(host: string): boolean {
  if (host === 'localhost') return true;
  const version = isIP(host);
  return version !== 0 && loopback.check(host, version === 6 ? 'ipv6' : 'ipv4');
}

function isKeyServer(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || (protocol === 'http:' && isLoopback(hostname));
}

/** How people write the setting. */
const spelling = (name: PropertyKey | undefined): string => envName(String(name));
