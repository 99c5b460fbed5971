import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ConfigError, readConfig, type Environment } from './config.js';

const PARLOR_JWT_SECRET = 'a secret that is long enough for HS256';

function problemsOf(argv: string[], env: Environment): readonly string[] {
  try {
    readConfig(argv, env);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

describe('readConfig', () => {
  it('needs a secret only', () => {
    expect(readConfig([], { PARLOR_JWT_SECRET })).toEqual({
      host: '0.0.0.0',
      port: 3000,
      trustedProxies: 0,
      rtcPort: 40_000,
      media: 'mediasoup',
      topology: 'auto',
      jwtSecret: PARLOR_JWT_SECRET,
      logLevel: 'info',
      turnProbe: true,
      metrics: true,
      metricsPerTrack: false,
      drainMs: 3000,
      dev: false,
      tls: undefined,
    });
  });

  it('stays on this machine with --dev, and lets the system choose the port of media', () => {
    expect(readConfig(['--dev'], {})).toMatchObject({ host: '127.0.0.1', dev: true, rtcPort: undefined });
    expect(readConfig([], { PARLOR_DEV: '1' })).toMatchObject({ host: '127.0.0.1', dev: true });
    expect(readConfig(['--dev', '--host', 'localhost'], {})).toMatchObject({ host: 'localhost' });
    expect(readConfig(['--dev', '--host=::1'], {})).toMatchObject({ host: '::1' });
  });

  it('takes flags before the environment, and empty for absent', () => {
    const env = { PARLOR_JWT_SECRET, PARLOR_PORT: '4000', PARLOR_LISTEN_IP: '', PARLOR_DEV: 'no' };
    expect(readConfig(['--port', '5000', '--workers=2'], env)).toMatchObject({
      port: 5000,
      workers: 2,
      dev: false,
    });
    expect(readConfig([], env)).toMatchObject({ port: 4000 });
    expect(readConfig([], env).listenIp).toBeUndefined();
  });

  it('reads lists and files', () => {
    const folder = mkdtempSync(join(tmpdir(), 'parlor-config-'));
    const cert = join(folder, 'cert.pem');
    const key = join(folder, 'key.pem');
    writeFileSync(cert, 'the certificate');
    writeFileSync(key, 'the key');
    const config = readConfig([], {
      PARLOR_JWKS_URL: 'https://id.example.org/jwks',
      PARLOR_TLS_CERT: cert,
      PARLOR_TLS_KEY: key,
      PARLOR_STUN_URLS: 'stun:a.test, stun:b.test:3478,',
      PARLOR_TURN_URLS: 'turns:c.test?transport=tcp',
      PARLOR_TURN_SECRET: 's',
      PARLOR_ANNOUNCED_ADDRESS: '203.0.113.9',
    });
    expect(config).toMatchObject({
      tls: { cert: 'the certificate', key: 'the key' },
      stunUrls: ['stun:a.test', 'stun:b.test:3478'],
      turnUrls: ['turns:c.test?transport=tcp'],
      announcedAddress: '203.0.113.9',
    });
  });

  it('reads TURN servers from JSON, beside those of PARLOR_TURN_URLS', () => {
    const turnServers = [
      {
        urls: ['turn:eu.test', 'turns:eu.test:443?transport=tcp'],
        region: 'eu',
        weight: 2,
        networks: ['192.0.2.0/24', '2001:db8::/32'],
      },
      { urls: 'turn:old.test', username: 'u', credential: 'p' },
      { urls: 'turn:own.test', secret: 'own' },
    ];
    const env = { PARLOR_TURN_SERVERS: JSON.stringify(turnServers), PARLOR_TURN_SECRET: 's' };
    expect(readConfig([], { PARLOR_JWT_SECRET, ...env })).toMatchObject({ turnServers, turnSecret: 's' });
    expect(readConfig([], { PARLOR_JWT_SECRET, PARLOR_TURN_PROBE: 'no' }).turnProbe).toBe(false);
  });

  it('takes a token for the metrics that nobody guesses', () => {
    const read = (env: Environment) => readConfig([], { PARLOR_JWT_SECRET, ...env });
    const token = 'nobody-guesses-this';
    expect(read({ PARLOR_METRICS_TOKEN: token })).toMatchObject({ metrics: true, metricsToken: token });
    expect(read({ PARLOR_METRICS: 'no', PARLOR_METRICS_PER_TRACK: 'yes' })).toMatchObject({
      metrics: false,
      metricsPerTrack: true,
    });
    for (const weak of ['hunter2', 'with spaces in between']) {
      const [problem = ''] = problemsOf([], { PARLOR_JWT_SECRET, PARLOR_METRICS_TOKEN: weak });
      expect(problem).toMatch(/^PARLOR_METRICS_TOKEN must have at least 16 .* openssl rand -hex 16$/);
      expect(problem).not.toContain(weak);
    }
    expect(problemsOf(['--metrics-token', token], { PARLOR_JWT_SECRET })).toHaveLength(1);
  });

  it('knows rooms without a worker', () => {
    const read = (argv: string[], env: Environment = {}) => {
      const { media, topology } = readConfig(argv, { PARLOR_JWT_SECRET, ...env });
      return [media, topology];
    };
    expect(read([], { PARLOR_MEDIA: 'none' })).toEqual(['none', 'p2p']);
    expect(read(['--media', 'none', '--topology', 'p2p'])).toEqual(['none', 'p2p']);
    expect(read(['--topology', 'p2p'])).toEqual(['mediasoup', 'p2p']);
    expect(read(['--media', 'none', '--topology', 'auto'])).toEqual(['none', 'auto']);
    expect(readConfig(['--topology', 'auto', '--max-p2p', '4'], { PARLOR_JWT_SECRET }).maxP2p).toBe(4);
    expect(problemsOf(['--max-p2p', '0'], { PARLOR_JWT_SECRET })).toHaveLength(1);
    expect(read([], { PARLOR_TOPOLOGY: 'sfu' })).toEqual(['mediasoup', 'sfu']);
    // Ports and workers may stay where they are written.
    expect(read([], { PARLOR_MEDIA: 'none', PARLOR_WORKERS: '2', PARLOR_RTC_PORT: '41000' })).toEqual([
      'none',
      'p2p',
    ]);
  });

  it.each<[string, RegExp]>([
    ['[{"urls": "turn:t", "secret": "hunter2"', /PARLOR_TURN_SERVERS must be JSON like/],
    ['{}', /wrong at its top/],
    ['[]', /wrong at its top/],
    ['[{"urls": "stun:t", "secret": "hunter2"}]', /at 0.urls.*turn:eu.example.org/],
    ['[{"urls": "turn:t", "sekret": "hunter2"}]', /at 0: .*sekret/],
    ['[{"urls": "turn:t", "secret": "hunter2", "weight": 0}]', /at 0.weight/],
    ['[{"urls": "turn:t", "secret": "hunter2", "networks": ["10.0.0.1"]}]', /at 0.networks.0.*192.0.2.0\/24/],
    ['[{"urls": "turn:t"}]', /at 0: it needs a secret \(or PARLOR_TURN_SECRET\)/],
    ['[{"urls": "turn:t", "username": "u"}]', /at 0: username and credential/],
    ['[{"urls": "turn:t", "username": "u", "credential": "hunter2", "secret": "s"}]', /at 0: it has both/],
  ])('refuses the TURN servers %s, without telling a secret', (text, message) => {
    const problems = problemsOf([], { PARLOR_JWT_SECRET, PARLOR_TURN_SERVERS: text }).join('\n');
    expect(problems).toMatch(message);
    expect(problems).not.toContain('hunter2');
  });

  it('refuses to start without a way to check tokens, and says what to do', () => {
    const [problem, ...others] = problemsOf([], {});
    expect(others).toEqual([]);
    for (const hint of ['PARLOR_JWT_SECRET', 'openssl rand', 'PARLOR_JWKS_URL', '--dev']) {
      expect(problem).toContain(hint);
    }
  });

  it.each(['0.0.0.0', '192.168.1.5', '::', 'example.org'])('refuses --dev on %s', (host) => {
    expect(problemsOf(['--dev'], { PARLOR_HOST: host })).toEqual([
      expect.stringMatching(/unset PARLOR_HOST/),
    ]);
  });

  it('tells everything that is wrong at once', () => {
    const problems = problemsOf(['--port', 'http'], {
      PARLOR_JWT_SECRET: 'short',
      PARLOR_WORKERS: '0',
      PARLOR_LOG_LEVEL: 'loud',
      PARLOR_STUN_URLS: 'stun.example.org',
      PARLOR_DEV: 'maybe',
      PARLOR_LISTEN_IP: 'eth0',
    });
    const all = problems.join('\n');
    expect(problems).toHaveLength(7);
    for (const name of ['PORT', 'JWT_SECRET', 'WORKERS', 'LOG_LEVEL', 'STUN_URLS', 'DEV', 'LISTEN_IP']) {
      expect(all).toMatch(new RegExp(`^PARLOR_${name} `, 'm'));
    }
    expect(all).not.toContain('short');
  });

  it.each<[Environment, RegExp]>([
    [{ PARLOR_TURN_URLS: 'turn:a.test' }, /PARLOR_TURN_SECRET/],
    [{ PARLOR_TURN_SECRET: 's' }, /PARLOR_TURN_URLS/],
    [{ PARLOR_TLS_CERT: 'cert.pem' }, /PARLOR_TLS_KEY/],
    [{ PARLOR_TLS_KEY: 'key.pem' }, /PARLOR_TLS_CERT/],
    [
      { PARLOR_TLS_CERT: '/not/there', PARLOR_TLS_KEY: '/nor/this' },
      /PARLOR_TLS_CERT cannot be read: ENOENT/,
    ],
    [
      { PARLOR_DRAIN_URL: 'other.example.org:3000' },
      /PARLOR_DRAIN_URL must be where clients connect: https:/,
    ],
    [{ PARLOR_JWKS_URL: 'http://id.example.org' }, /PARLOR_JWKS_URL must be an https/],
    [{ PARLOR_RTC_PORT: '65535', PARLOR_WORKERS: '2' }, /PARLOR_RTC_PORT is too high for 2 workers/],
    [
      { PARLOR_MEDIA: 'none', PARLOR_TOPOLOGY: 'sfu' },
      /PARLOR_TOPOLOGY=sfu needs workers.*PARLOR_MEDIA=none.*set PARLOR_TOPOLOGY=p2p/,
    ],
    [{ PARLOR_MEDIA: 'off' }, /PARLOR_MEDIA must be mediasoup or none, not "off"/],
    [{ PARLOR_TOPOLOGY: 'mesh' }, /PARLOR_TOPOLOGY must be sfu or p2p or auto, not "mesh"/],
    [{ PARLOR_ANNOUNCED_ADDRESS: 'a.test:40000' }, /PARLOR_ANNOUNCED_ADDRESS.*without a port/],
  ])('refuses %j', (env, message) => {
    expect(problemsOf([], { PARLOR_JWT_SECRET, ...env }).join('\n')).toMatch(message);
  });

  it('takes no secrets from the command line, and nothing that it does not know', () => {
    expect(problemsOf(['--jwt-secret', 'x'], {}).join()).toMatch(/--jwt-secret.*--help/);
    expect(problemsOf(['--prot', '1'], {}).join()).toMatch(/--prot.*--help/);
    expect(problemsOf(['serve'], {}).join()).toMatch(/serve.*--help/);
  });
});
