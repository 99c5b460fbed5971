import type { Locator, Page } from '@playwright/test';
import { writeFileSync } from 'node:fs';
import { expect } from '../../../../tools/testing/expect.js';
import { inbound } from './probe.js';

/** A camera file of one colour for `--use-file-for-fake-video-capture`: 640x360, YUV 4:2:0. */
export const writeColorVideo = (path: string, [y, u, v]: readonly [number, number, number]): void => {
  const [width, height] = [640, 360];
  const frame = Buffer.concat([
    Buffer.from('FRAME\n'),
    Buffer.alloc(width * height, y),
    Buffer.alloc((width * height) / 4, u),
    Buffer.alloc((width * height) / 4, v),
  ]);
  const header = Buffer.from(`YUV4MPEG2 W${String(width)} H${String(height)} F20:1 Ip A1:1 C420\n`);
  writeFileSync(path, Buffer.concat([header, ...Array.from({ length: 4 }, () => frame)]));
};

export const RED = [81, 90, 240] as const;
export const BLUE = [41, 240, 110] as const;

/**
 * A microphone file of one tone for `--use-file-for-fake-audio-capture`: 48 kHz, mono. It comes and goes four
 * times a second, because browsers filter steady tones out as noise.
 */
export const writeTone = (path: string, frequency: number): void => {
  const [rate, seconds] = [48_000, 2];
  const samples = Buffer.alloc(rate * seconds * 2);
  for (let at = 0; at < rate * seconds; at++) {
    const on = Math.floor((at / rate) * 8) % 2 === 0;
    const sample = on ? Math.sin((2 * Math.PI * frequency * at) / rate) * 20_000 : 0;
    samples.writeInt16LE(Math.round(sample), at * 2);
  }
  const header = Buffer.alloc(44);
  header.write('RIFF', 0);
  header.writeUInt32LE(36 + samples.length, 4);
  header.write('WAVEfmt ', 8);
  header.writeUInt32LE(16, 16);
  header.writeUInt16LE(1, 20);
  header.writeUInt16LE(1, 22);
  header.writeUInt32LE(rate, 24);
  header.writeUInt32LE(rate * 2, 28);
  header.writeUInt16LE(2, 32);
  header.writeUInt16LE(16, 34);
  header.write('data', 36);
  header.writeUInt32LE(samples.length, 40);
  writeFileSync(path, Buffer.concat([header, samples]));
};

/** The loudest frequency, Hz, of the first playing audio element; 0 while there is silence. */
export const heardFrequency = (page: Page): Promise<number> =>
  page.evaluate(async () => {
    const element = [...document.querySelectorAll('audio')].find(({ srcObject }) => srcObject !== null);
    if (!(element?.srcObject instanceof MediaStream) || element.paused) return 0;
    const context = new AudioContext();
    const analyser = new AnalyserNode(context, { fftSize: 8192, smoothingTimeConstant: 0 });
    context.createMediaStreamSource(element.srcObject).connect(analyser);
    const bins = new Float32Array(analyser.frequencyBinCount);
    const until = performance.now() + 500;
    let [loudest, frequency] = [-70, 0];
    while (performance.now() < until) {
      await new Promise(requestAnimationFrame);
      analyser.getFloatFrequencyData(bins);
      bins.forEach((level, bin) => {
        if (level > loudest) [loudest, frequency] = [level, (bin * context.sampleRate) / analyser.fftSize];
      });
    }
    await context.close();
    return frequency;
  });

/** Red, green, blue (0 to 255) in the middle of a video that plays. */
export const middleColor = (video: Locator): Promise<readonly number[]> =>
  video.evaluate((element) => {
    if (!(element instanceof HTMLVideoElement) || element.videoWidth === 0) return [0, 0, 0];
    const canvas = new OffscreenCanvas(1, 1);
    const context = canvas.getContext('2d');
    context?.drawImage(element, element.videoWidth / 2, element.videoHeight / 2, 1, 1, 0, 0, 1, 1);
    return [...(context?.getImageData(0, 0, 1, 1).data ?? [])].slice(0, 3);
  });

/** Milliseconds between looks, the last ones again and again. Playwright's own looks are soon a second apart. */
const intervals = [100, 150, 250];

/** Waits until `count` pictures arrive, each with new frames decoded. */
export const expectVideos = async (page: Page, count: number): Promise<void> => {
  const before = new Map((await inbound(page)).map((s) => [s.trackIdentifier, s.framesDecoded]));
  await expect
    .poll(
      async () => {
        const streams = (await inbound(page)).filter(({ kind }) => kind === 'video');
        return streams.filter((s) => s.framesDecoded > (before.get(s.trackIdentifier) ?? 0) + 5).length;
      },
      { message: `${String(count)} videos decode new frames`, intervals },
    )
    .toBe(count);
};

/** Waits until `count` sounds arrive, each with new energy: not silence. */
export const expectSounds = async (page: Page, count: number): Promise<void> => {
  const before = new Map((await inbound(page)).map((s) => [s.trackIdentifier, s.totalAudioEnergy]));
  await expect
    .poll(
      async () => {
        const streams = (await inbound(page)).filter(({ kind }) => kind === 'audio');
        return streams.filter((s) => s.totalAudioEnergy > (before.get(s.trackIdentifier) ?? 0) + 1e-5).length;
      },
      { message: `${String(count)} sounds gain energy`, intervals },
    )
    .toBe(count);
};

/** Waits until nothing of a kind arrives any more: no packet between two looks, more than a beep apart. */
export const expectSilent = async (page: Page, kind: 'audio' | 'video'): Promise<void> => {
  let last = -1;
  await expect
    .poll(
      async () => {
        const packets = (await inbound(page)).filter((s) => s.kind === kind).map((s) => s.packetsReceived);
        const total = packets.reduce((sum, each) => sum + each, 0);
        const arrived = total - last;
        last = total;
        return arrived;
      },
      { message: `no ${kind} arrives`, intervals: [1200] },
    )
    .toBe(0);
};
