import { test } from '@playwright/test';
import { expect } from '../../../tools/testing/expect.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { ALLOWED, AUTOPLAY, FAKE_DEVICES, launchChromium } from './support/chromium.js';
import { button, closePages, joinDemo, openDemo, tile } from './support/demo.js';
import {
  BLUE,
  expectSounds,
  expectVideos,
  heardFrequency,
  middleColor,
  RED,
  writeColorVideo,
  writeTone,
} from './support/media.js';
import { chosenProtocols } from './support/probe.js';

let server: TestServer;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(() => server.stop());

/** A browser whose camera shows one colour and whose microphone hears one tone. */
const person = (name: string, look: { color: readonly [number, number, number]; tone: number }) => {
  const video = test.info().outputPath(`${name}.y4m`);
  const audio = test.info().outputPath(`${name}.wav`);
  writeColorVideo(video, look.color);
  writeTone(audio, look.tone);
  return launchChromium(
    AUTOPLAY,
    ALLOWED,
    FAKE_DEVICES,
    `--use-file-for-fake-video-capture=${video}`,
    `--use-file-for-fake-audio-capture=${audio}`,
  );
};

for (const topology of ['sfu', 'p2p']) {
  const way = topology === 'p2p' ? 'from browser to browser' : 'through the server';
  test(`two people see and hear one another: the right picture and the right sound, over UDP, ${way}`, async () => {
    const browsers = [
      await person('ann', { color: RED, tone: 600 }),
      await person('bob', { color: BLUE, tone: 1500 }),
    ] as const;
    const room = `two-${topology}`;
    const ann = await joinDemo(browsers[0], { url: server.url, room, name: 'Ann', topology });
    await expect(ann.getByText("You're the only one here", { exact: true })).toHaveCount(1);
    const bob = await joinDemo(browsers[1], { url: server.url, room, name: 'Bob', topology });

    await Promise.all([expectVideos(ann, 1), expectVideos(bob, 1)]);
    await Promise.all([expectSounds(ann, 1), expectSounds(bob, 1)]);

    await expect.poll(() => heardFrequency(ann), { message: 'Ann hears 1500 Hz' }).toBeGreaterThan(1450);
    expect(await heardFrequency(ann)).toBeLessThan(1550);
    await expect.poll(() => heardFrequency(bob), { message: 'Bob hears 600 Hz' }).toBeGreaterThan(550);
    expect(await heardFrequency(bob)).toBeLessThan(650);

    await expect(tile(bob, 'Ann').getByText('is speaking')).toBeAttached();
    await expect(tile(ann, 'Bob').getByText('is speaking')).toBeAttached();

    const ofBob = tile(ann, 'Bob').locator('video');
    const ofAnn = tile(bob, 'Ann').locator('video');
    await expect.poll(async () => isMostly(await middleColor(ofBob), 'blue')).toBe(true);
    await expect.poll(async () => isMostly(await middleColor(ofAnn), 'red')).toBe(true);

    for (const page of [ann, bob]) {
      // Of a connection each way with the server, or of one with the other page.
      expect(await chosenProtocols(page)).toEqual(topology === 'p2p' ? ['udp'] : ['udp', 'udp']);
      await expect(page.getByText("You're the only one here", { exact: true })).toHaveCount(0);
    }
    await closePages(ann, bob);
    await Promise.all(browsers.map((browser) => browser.close()));
  });
}

test('who comes to a room of the other kind, or asks for a kind that there is not, is told what to do', async () => {
  const browser = await launchChromium(AUTOPLAY, ALLOWED, FAKE_DEVICES);
  const guest = { url: server.url, room: 'kinds' };
  const ann = await joinDemo(browser, { ...guest, name: 'Ann', topology: 'p2p' });
  const bob = await openDemo(browser, { ...guest, name: 'Bob', topology: 'sfu' });
  await button(bob, 'Join now').click();
  await expect(bob.getByRole('alert')).toContainText('Open the link that they gave you');
  const carol = await openDemo(browser, { ...guest, name: 'Carol', topology: 'mesh' });
  await expect(carol.getByRole('alert')).toContainText('It can be "auto", "sfu" or "p2p"');
  expect(new URL(ann.url()).searchParams.get('topology')).toBe('p2p');
  await closePages(ann, bob, carol);
  await browser.close();
});

const isMostly = ([red = 0, green = 0, blue = 0]: readonly number[], color: 'red' | 'blue'): boolean => {
  const [strong, weak] = color === 'red' ? [red, blue] : [blue, red];
  return strong > 150 && green < 90 && weak < 90;
};
