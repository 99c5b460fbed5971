import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../../../../tools/testing/freePort.js';
import { startCoturn, type Coturn } from '../../../../tools/testing/startCoturn.js';
import { createIceServers } from './iceServers.js';
import { stunProbe } from './stunProbe.js';
import { parseTurnUrl } from './turnUrl.js';

const run = promisify(execFile);

/** Against a real coturn. */

let folder: string;
let cert: string;
let coturn: Coturn;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'parlor-ice-'));
  cert = join(folder, 'cert.pem');
  const key = join(folder, 'key.pem');
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const keyType = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  await run('openssl', ['req', '-x509', ...keyType, ...names, '-keyout', key, '-out', cert]);
  coturn = await startCoturn({ secret: 'north', tls: { cert, key } });
});
afterAll(async () => {
  await coturn.stop();
  rmSync(folder, { recursive: true });
});

describe('stunProbe', () => {
  it('gets an answer over UDP and TCP', async () => {
    for (const url of [coturn.url, coturn.tcpUrl]) {
      expect(await stunProbe(parseTurnUrl(url), new AbortController().signal)).toBeGreaterThan(0);
    }
  });

  it('gets none over TLS from a server whose certificate no browser would take', async () => {
    const asked = stunProbe(parseTurnUrl(coturn.tlsUrl), new AbortController().signal);
    await expect(asked).rejects.toThrow(/self-signed certificate/);
  });

  it('gets one from a server whose certificate is trusted', async () => {
    expect(await inOwnProcess('probe', coturn.tlsUrl)).toMatch(/^answered in [\d.]+ ms$/);
  });
});

describe('the watch', () => {
  it('keeps no process alive', async () => {
    expect(await inOwnProcess('watch', coturn.url, coturn.tcpUrl, 'turn:127.0.0.1:9')).toBe('watching');
  });
});

/** Runs `testing/<script>.ts`, to which the certificate is a good one; resolves with what it prints when it ends. */
async function inOwnProcess(script: string, ...args: string[]): Promise<string> {
  const file = fileURLToPath(new URL(`./testing/${script}.ts`, import.meta.url));
  const { stdout } = await run(process.execPath, ['--import', 'tsx', file, ...args], {
    env: { ...process.env, NODE_EXTRA_CA_CERTS: cert },
  });
  return stdout.trim();
}

describe('createIceServers', () => {
  it('leaves out a server that has gone, and takes it back when it is there again', async () => {
    const heard: string[] = [];
    const waiting = new Set<() => void>();
    const hear = (_fields: object, message: string) => {
      heard.push(message);
      for (const look of waiting) look();
    };
    const logged = (message: string, times: number) =>
      new Promise<void>((resolve) => {
        const look = () => {
          if (heard.filter((line) => line === message).length >= times) resolve();
        };
        waiting.add(look);
        look();
      });
    const port = await freePort();
    let second = await startCoturn({ secret: 'north', port });
    const ice = createIceServers(
      {
        turnServers: [{ urls: second.tcpUrl }, { urls: coturn.url }],
        turnSecret: 'north',
        turnProbe: { intervalMs: 50, retryMs: 50 },
      },
      { logger: { debug: hear, info: hear, warn: hear, error: hear } },
    );
    // In any order: that depends on the round trips.
    const given = () => new Set(ice.serversFor({ id: 'p', userId: 'alice' }).map(({ urls }) => String(urls)));
    ice.start();
    try {
      expect(given()).toEqual(new Set([second.tcpUrl, coturn.url]));
      await second.stop();
      await logged('TURN server does not answer: it is left out', 1);
      expect(given()).toEqual(new Set([coturn.url]));
      second = await startCoturn({ secret: 'north', port });
      await logged('TURN server answers again', 1);
      expect(given()).toEqual(new Set([second.tcpUrl, coturn.url]));
    } finally {
      ice.close();
      await second.stop();
    }
  });
});
