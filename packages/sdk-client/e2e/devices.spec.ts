import type { Page } from '@playwright/test';
import { expectDecodes } from './support/expectMedia.js';
import { expect, test } from './support/fixtures.js';

const resolution = { width: 320, height: 180, frameRate: 15 };

/** Chromium's second fake camera is a depth camera, whose frames no codec takes; the third one is as the first. */
const COLOUR = 2;

/** The nth device of a kind. */
const deviceId = (page: Page, kind: MediaDeviceKind, index: number): Promise<string> =>
  page.evaluate(
    async (wanted) => {
      const devices = await window.call.room.devices.list(wanted.kind, { requestPermissions: true });
      const device = devices[wanted.index];
      if (!device) throw new Error(`there is no ${wanted.kind} ${String(wanted.index)}`);
      return device.deviceId;
    },
    { kind, index },
  );

test.use({
  launchOptions: async ({ launchOptions }, use) => {
    const flags = launchOptions.args?.filter((flag) => !flag.startsWith('--use-fake-device')) ?? [];
    await use({
      ...launchOptions,
      args: [...flags, '--use-fake-device-for-media-stream=fps=30,device-count=3'],
    });
  },
});

test('another camera takes over under the same publication', async ({ join }) => {
  const [alice, bob] = [await join('alice', { videoCaptureDefaults: { resolution } }), await join('bob')];
  const [first, second] = [
    await deviceId(alice, 'videoinput', 0),
    await deviceId(alice, 'videoinput', COLOUR),
  ];
  expect(second).not.toBe(first);
  await alice.evaluate(
    (id) => window.call.room.localParticipant.setCameraEnabled(true, { deviceId: id }),
    first,
  );
  await expectDecodes(bob, { from: 'alice' });
  const camera = () => window.call.room.localParticipant.getTrackPublication('camera')?.track.deviceId;
  expect(await alice.evaluate(camera)).toBe(first);
  await bob.evaluate(() => {
    window.call.keep();
  });

  await alice.evaluate((id) => window.call.room.switchActiveDevice('videoinput', id), second);
  expect(await alice.evaluate(camera)).toBe(second);
  expect(await alice.evaluate(() => window.call.room.devices.getActiveDevice('videoinput'))).toBe(second);
  expect(await alice.evaluate(() => window.call.told('activeDeviceChanged'))).toEqual([
    `videoinput ${second}`,
  ]);
  await expectDecodes(bob, { from: 'alice' });
  expect(await bob.evaluate(() => window.call.kept.remote)).toBe(true);
  expect(await bob.evaluate(() => window.call.told('trackSubscribed'))).toHaveLength(1);
});

test('another microphone and another speaker take over', async ({ join }) => {
  const [alice, bob] = [await join('alice'), await join('bob')];
  await alice.evaluate(() => window.call.room.localParticipant.setMicrophoneEnabled(true));
  const energy = () => bob.evaluate(() => window.call.energy('alice'));
  await expect.poll(energy).toBeGreaterThan(0);

  const microphone = await deviceId(alice, 'audioinput', 2);
  await alice.evaluate((id) => window.call.room.switchActiveDevice('audioinput', id), microphone);
  const before = await energy();
  await expect.poll(energy).toBeGreaterThan(before);
  expect(
    await alice.evaluate(
      () => window.call.room.localParticipant.getTrackPublication('microphone')?.track.deviceId,
    ),
  ).toBe(microphone);

  const speaker = await deviceId(bob, 'audiooutput', 1);
  await bob.evaluate((id) => window.call.room.switchActiveDevice('audiooutput', id), speaker);
  const sinks = () =>
    bob.evaluate(() =>
      window.call.publication('alice', 'microphone')!.track!.attachedElements.map(({ sinkId }) => sinkId),
    );
  expect(await sinks()).toEqual([speaker]);
});

test('a device that does not exist is refused, and the camera goes on', async ({ join }) => {
  const [alice, bob] = [await join('alice', { videoCaptureDefaults: { resolution } }), await join('bob')];
  await alice.evaluate(() => window.call.room.localParticipant.setCameraEnabled(true));
  await expectDecodes(bob, { from: 'alice' });
  const code = await alice.evaluate(() =>
    window.call.codeOf((room) => room.switchActiveDevice('videoinput', 'no-such-device')),
  );
  expect(code).toBe('DEVICE_CONSTRAINTS');
  expect(await alice.evaluate(() => window.call.room.devices.getActiveDevice('videoinput'))).toBe('default');
  await expectDecodes(bob, { from: 'alice' });
});

test('a camera that is lost is replaced by the default one', async ({ join }) => {
  const [alice, bob] = [await join('alice', { videoCaptureDefaults: { resolution } }), await join('bob')];
  await alice.evaluate(() => window.call.room.localParticipant.setCameraEnabled(true));
  const second = await deviceId(alice, 'videoinput', COLOUR);
  await alice.evaluate((id) => window.call.room.switchActiveDevice('videoinput', id), second);
  await expectDecodes(bob, { from: 'alice' });

  // What pulling the plug does to the track; fake devices have no plug.
  await alice.evaluate(() => {
    const { mediaStreamTrack } = window.call.room.localParticipant.getTrackPublication('camera')!.track;
    mediaStreamTrack.stop();
    mediaStreamTrack.dispatchEvent(new Event('ended'));
  });
  await expect
    .poll(() => alice.evaluate(() => window.call.told('activeDeviceChanged')))
    .toEqual([`videoinput ${second}`, 'videoinput default']);
  const before = await bob.evaluate(() => window.call.frames('alice'));
  await expect.poll(() => bob.evaluate(() => window.call.frames('alice'))).toBeGreaterThan(before + 5);
  expect(await bob.evaluate(() => window.call.told('trackUnsubscribed'))).toEqual([]);
});
