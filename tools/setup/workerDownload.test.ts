import { describe, expect, it } from 'vitest';
import { prebuiltAddress } from './workerDownload.mjs';

const mediasoup = { version: '3.27.1', repository: { url: 'git+https://example.org/owner/mediasoup.git' } };

describe('prebuiltAddress', () => {
  it('is a release of the repository that the package names', () => {
    expect(prebuiltAddress(mediasoup, {})).toMatch(
      /^https:\/\/example\.org\/owner\/mediasoup\/releases\/download\/3\.27\.1\/mediasoup-worker-3\.27\.1-\w+-\w+(-kernel\d+)?\.tgz$/,
    );
  });

  it("follows mediasoup's own variable for mirrors", () => {
    const env = { MEDIASOUP_WORKER_PREBUILT_DOWNLOAD_BASE_URL: 'https://mirror.example.org/workers' };
    expect(prebuiltAddress(mediasoup, env)).toMatch(/^https:\/\/mirror\.example\.org\/workers\/3\.27\.1\//);
  });
});
