import { createWorker, type types } from 'mediasoup';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dtlsAnswersAs } from './dtls.mjs';
import { passesThroughSrtp, srtpCryptoSuites } from './srtp.mjs';

let worker: types.Worker;
let router: types.Router;
let died = false;

beforeAll(async () => {
  worker = await createWorker({ logLevel: 'none' });
  worker.on('died', () => (died = true));
  router = await worker.createRouter({
    mediaCodecs: [{ kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 }],
  });
});
afterAll(() => worker.close());

describe('the worker that set-up found or built', () => {
  it.each(['client', 'server'] as const)('writes its DTLS flight as %s and lives on', async (role) => {
    await dtlsAnswersAs(router, role);
    expect(died).toBe(false);
  });

  it.each(srtpCryptoSuites)('passes packets through SRTP under %s', async (suite) => {
    await passesThroughSrtp(router, suite);
    expect(died).toBe(false);
  });
});
