import { expect, test } from './support/fixtures.js';
import { expectDecodes, expectSees } from './support/expectMedia.js';

const LAYERS = [
  { size: { width: 320, height: 180 }, layers: 1 },
  { size: { width: 640, height: 360 }, layers: 2 },
  { size: { width: 1280, height: 720 }, layers: 3 },
];

for (const { size, layers } of LAYERS) {
  test(`a capture of ${String(size.width)}x${String(size.height)} is sent in ${String(layers)} layers`, async ({
    join,
  }) => {
    const resolution = { ...size, frameRate: 15 };
    const alice = await join('alice');
    await alice.evaluate(
      (given) => window.call.room.localParticipant.setCameraEnabled(true, { resolution: given }),
      resolution,
    );
    expect(await alice.evaluate(() => window.call.encodings())).toEqual([layers]);
  });
}

for (const videoCodec of ['vp8', 'vp9', 'h264', 'av1'] as const) {
  test(`video in ${videoCodec} arrives`, async ({ join }) => {
    const [alice, bob] = [await join('alice'), await join('bob')];
    await alice.evaluate(
      (codec) => window.call.publishColour([30, 180, 40], { width: 640, height: 360, videoCodec: codec }),
      videoCodec,
    );
    await expectSees(bob, { from: 'alice', rgb: [30, 180, 40] });
    await expectDecodes(bob, { from: 'alice' });
    const codec = await bob.evaluate(async () => {
      const stats = await window.call.publication('alice', 'camera')?.getStats();
      return stats?.codec;
    });
    expect(codec).toBe(videoCodec);
  });
}

test('a receiver gets the layer that it asks for', async ({ join }) => {
  test.setTimeout(300_000);
  const resolution = { width: 1280, height: 720, frameRate: 20 };
  const [alice, bob] = [await join('alice', { videoCaptureDefaults: { resolution } }), await join('bob')];
  await alice.evaluate(() => window.call.room.localParticipant.setCameraEnabled(true));
  await expectDecodes(bob, { from: 'alice' });

  const width = () => bob.evaluate(() => window.call.frameWidth('alice'));
  const settled = { timeout: 60_000 };
  // The top layer starts last: the sender finds out first what the path bears.
  await expect.poll(width, settled).toBe(1280);
  for (const [spatialLayer, expected] of [
    [0, 320],
    [1, 640],
    [2, 1280],
  ] as const) {
    await bob.evaluate(
      (layer) => window.call.publication('alice', 'camera')?.setPreferredLayers({ spatialLayer: layer }),
      spatialLayer,
    );
    await expect.poll(width, settled).toBe(expected);
    await expectDecodes(bob, { from: 'alice' });
  }
  for (const [quality, expected] of [
    ['low', 320],
    ['medium', 640],
    ['high', 1280],
  ] as const) {
    await bob.evaluate(
      (wanted) => window.call.publication('alice', 'camera')?.setVideoQuality(wanted),
      quality,
    );
    await expect.poll(width, settled).toBe(expected);
  }
});
