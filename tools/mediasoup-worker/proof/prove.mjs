// Proves that a worker binary does what a call needs: `node prove.mjs <mediasoup-worker>`.
// Ends with 0, or with 1 and one line that says what does not work.
import { createWorker } from 'mediasoup';
import { dtlsAnswersAs } from './dtls.mjs';
import { passesThroughSrtp, srtpCryptoSuites } from './srtp.mjs';

/** @type {import('mediasoup').types.RouterRtpCodecCapability[]} */
const mediaCodecs = [{ kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000, channels: 2 }];

/** @param {string} bin */
async function prove(bin) {
  const worker = await createWorker({ workerBin: bin, logLevel: 'none' }).catch((error) => {
    throw new Error(`it does not start as a mediasoup worker (${error.message})`);
  });
  /** @type {Promise<never>} */
  const death = new Promise((_, reject) => {
    worker.once('died', () => reject(new Error('the worker died')));
  });
  const within = (/** @type {string} */ what, /** @type {Promise<void>} */ proof) =>
    Promise.race([proof, death]).catch((error) => {
      throw new Error(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    });

  const router = await worker.createRouter({ mediaCodecs });
  // OpenSSL with kernel TLS kills an unmended worker right here.
  await within('DTLS as client', dtlsAnswersAs(router, 'client'));
  await within('DTLS as server', dtlsAnswersAs(router, 'server'));
  for (const suite of srtpCryptoSuites) await within(`SRTP ${suite}`, passesThroughSrtp(router, suite));
  death.catch(() => {});
  worker.close();
}

const bin = process.argv[2];
try {
  if (!bin) throw new Error('usage: node prove.mjs <mediasoup-worker>');
  await prove(bin);
  process.exit(0);
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
