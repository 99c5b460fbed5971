import type { Page } from '@playwright/test';
import { expectDecodes, expectHears, expectSees, expectSilence } from './support/expectMedia.js';
import { expect, test } from './support/fixtures.js';
import { requestsOf } from './support/signalling.js';
import type { Rgb } from './pages/colours.js';

const RED: Rgb = [220, 30, 30];

for (const topology of ['sfu', 'p2p'] as const) {
  test.describe(topology, () => {
    test.use({ topology });

    test('a microphone is muted and unmuted without a new producer', async ({
      open,
      join,
      server,
      roomId,
    }) => {
      const alice = await open('alice');
      const requests = requestsOf(alice);
      await alice.evaluate((joining) => window.call.connect(joining), { url: server.url, room: roomId });
      const bob = await join('bob');
      await alice.evaluate(() => window.call.publishTone(700));
      await expectHears(bob, { from: 'alice', hz: 700 });
      const published = await bob.evaluate(() => window.call.publication('alice', 'microphone')?.id);

      await alice.evaluate(() => window.call.room.localParticipant.setMicrophoneEnabled(false));
      await expectSilence(bob, { from: 'alice' });
      const muted = await bob.evaluate(() => ({
        isMuted: window.call.publication('alice', 'microphone')?.isMuted,
        enabled: window.call.participant('alice').isMicrophoneEnabled,
        told: window.call.told('trackMuted'),
      }));
      expect(muted).toEqual({ isMuted: true, enabled: false, told: ['microphone alice'] });

      await alice.evaluate(() => window.call.room.localParticipant.setMicrophoneEnabled(true));
      await expectHears(bob, { from: 'alice', hz: 700 });
      const after = await bob.evaluate(() => ({
        id: window.call.publication('alice', 'microphone')?.id,
        subscribed: window.call.told('trackSubscribed').length,
        unmuted: window.call.told('trackUnmuted').length,
      }));
      expect(after).toEqual({ id: published, subscribed: 1, unmuted: 1 });
      expect(requests().filter((method) => /produce|Producer/i.test(method))).toEqual([
        'produce',
        'pauseProducer',
        'resumeProducer',
      ]);
    });

    test('a camera that is off is closed, and comes back as the same publication', async ({ join }) => {
      const resolution = { width: 320, height: 180, frameRate: 15 };
      const [alice, bob] = [await join('alice', { videoCaptureDefaults: { resolution } }), await join('bob')];
      await alice.evaluate(() => window.call.room.localParticipant.setCameraEnabled(true));
      await bob.waitForFunction(() => window.call.publication('alice', 'camera')?.track);
      await expectDecodes(bob, { from: 'alice' });
      await bob.evaluate(() => {
        window.call.keep();
      });

      const device = await alice.evaluateHandle(
        () => window.call.room.localParticipant.getTrackPublication('camera')!.track.mediaStreamTrack,
      );
      expect(await device.evaluate(({ readyState }) => readyState)).toBe('live');
      await alice.evaluate(() => window.call.room.localParticipant.setCameraEnabled(false));
      expect(await device.evaluate(({ readyState }) => readyState)).toBe('ended');
      await expect
        .poll(() => bob.evaluate(() => window.call.participant('alice').isCameraEnabled))
        .toBe(false);

      await alice.evaluate(() => window.call.room.localParticipant.setCameraEnabled(true));
      await expectDecodes(bob, { from: 'alice' });
      expect(await bob.evaluate(() => window.call.kept.remote)).toBe(true);
      expect(await alice.evaluate(() => window.call.taken.getUserMedia)).toBe(2);
    });

    test('a screen is shared with its sound, beside a camera', async ({ join }) => {
      const [alice, bob] = [await join('alice'), await join('bob')];
      await alice.evaluate((rgb) => window.call.publishColour(rgb), RED);
      await alice.evaluate(() => window.call.room.localParticipant.setScreenShareEnabled(true));
      await expectDecodes(bob, { from: 'alice', source: 'screen' });
      await expect
        .poll(() => bob.evaluate(() => window.call.energy('alice', 'screenAudio')), {
          message: 'sound of the screen',
        })
        .toBeGreaterThan(0);
      await expectSees(bob, { from: 'alice', rgb: RED });
      expect(await bob.evaluate(() => window.call.participant('alice').isScreenShareEnabled)).toBe(true);

      const screen = await alice.evaluateHandle(() =>
        ['screen' as const, 'screenAudio' as const].map(
          (source) => window.call.room.localParticipant.getTrackPublication(source)!.track.mediaStreamTrack,
        ),
      );
      await alice.evaluate(() => window.call.room.localParticipant.setScreenShareEnabled(false));
      expect(await screen.evaluate((tracks) => tracks.map(({ readyState }) => readyState))).toEqual([
        'ended',
        'ended',
      ]);
      await expect
        .poll(() => bob.evaluate(() => window.call.told('trackUnsubscribed').sort()))
        .toEqual(['screen screen alice', 'screenAudio screenAudio alice']);
      await expectDecodes(bob, { from: 'alice' });
    });

    test('sharing that the user ends in the browser ends for everyone', async ({ join }) => {
      const [alice, bob] = [await join('alice'), await join('bob')];
      await alice.evaluate(() =>
        window.call.room.localParticipant.setScreenShareEnabled(true, { audio: false }),
      );
      await expectDecodes(bob, { from: 'alice', source: 'screen' });
      expect(await bob.evaluate(() => window.call.participant('alice').trackPublications.size)).toBe(1);

      // What "Stop sharing" does to the track; no page can press that button.
      await alice.evaluate(() => {
        const { mediaStreamTrack } = window.call.room.localParticipant.getTrackPublication('screen')!.track;
        mediaStreamTrack.stop();
        mediaStreamTrack.dispatchEvent(new Event('ended'));
      });
      await expect
        .poll(() => bob.evaluate(() => window.call.participant('alice').trackPublications.size))
        .toBe(0);
      expect(await alice.evaluate(() => window.call.room.localParticipant.isScreenShareEnabled)).toBe(false);
    });

    test('what is unpublished goes away, what is published again comes back', async ({ join }) => {
      const [alice, bob] = [await join('alice'), await join('bob')];
      await alice.evaluate((rgb) => window.call.publishColour(rgb), RED);
      await expectSees(bob, { from: 'alice', rgb: RED });
      const track = await bob.evaluateHandle(() => window.call.publication('alice', 'camera')!.track!);
      const connections = (page: Page) => page.evaluate(() => window.call.taken.peerConnections);
      const before = await Promise.all([alice, bob].map(connections));

      await alice.evaluate(() => {
        const { localParticipant } = window.call.room;
        return localParticipant.unpublishTrack(localParticipant.getTrackPublication('camera')!.track, false);
      });
      await expect
        .poll(() => bob.evaluate(() => window.call.told('trackUnpublished')))
        .toEqual(['camera alice']);
      expect(
        await track.evaluate(({ attachedElements, mediaStreamTrack }) => ({
          elements: attachedElements.length,
          live: mediaStreamTrack?.readyState === 'live',
        })),
      ).toMatchObject({ live: false });

      await alice.evaluate((rgb) => window.call.publishColour(rgb), RED);
      await expectSees(bob, { from: 'alice', rgb: RED });
      expect(await Promise.all([alice, bob].map(connections))).toEqual(before);
    });

    test('a publication that is not wanted is not received, until it is', async ({ join }) => {
      const [alice, bob] = [await join('alice'), await join('bob', { autoSubscribe: false })];
      await alice.evaluate(() => window.call.publishTone(700));
      await alice.evaluate((rgb) => window.call.publishColour(rgb), RED);
      await expect.poll(() => bob.evaluate(() => window.call.told('trackPublished').length)).toBe(2);
      expect(await bob.evaluate(() => window.call.told('trackSubscribed'))).toEqual([]);

      await bob.evaluate(() => {
        window.call.publication('alice', 'camera')?.setSubscribed(true);
      });
      await expectSees(bob, { from: 'alice', rgb: RED });
      expect(await bob.evaluate(() => window.call.publication('alice', 'microphone')?.isSubscribed)).toBe(
        false,
      );

      await bob.evaluate(() => window.call.publication('alice', 'camera')?.setEnabled(false));
      const paused = await bob.evaluate(() => window.call.frames('alice'));
      await bob.evaluate(() => window.call.publication('alice', 'camera')?.setEnabled(true));
      await expect.poll(() => bob.evaluate(() => window.call.frames('alice'))).toBeGreaterThan(paused + 5);
    });
  });
}
