import { readFileSync } from 'node:fs';
import { readIvf } from './ivf.js';
import { readOggOpus } from './ogg.js';
import { isKeyFrame, packetizeVp8 } from './vp8.js';

/** Encoded media that is sent over and over again. */
export interface Sample {
  kind: 'audio' | 'video';
  /** Ticks of RTP timestamps a second. */
  clockRate: number;
  /** Frames a second. */
  rate: number;
  /** The RTP payloads of each frame. */
  frames: Buffer[][];
  /** Which frames a decoder can begin with. */
  keyFrames: number[];
}

/** Opus frames of 20 ms (RFC 7587 §4.2). */
const OPUS_RATE = 50;

export function audioSample(ogg: Buffer): Sample {
  const frames = readOggOpus(ogg).map((packet) => [packet]);
  return { kind: 'audio', clockRate: 48_000, rate: OPUS_RATE, frames, keyFrames: [] };
}

export function videoSample(ivf: Buffer): Sample {
  const { rate, frames } = readIvf(ivf);
  return {
    kind: 'video',
    clockRate: 90_000,
    rate,
    frames: frames.map(packetizeVp8),
    keyFrames: frames.flatMap((frame, index) => (isKeyFrame(frame) ? [index] : [])),
  };
}

export interface Samples {
  audio: Sample;
  /** From the smallest picture to the largest. */
  video: Sample[];
}

/** What comes with the tool: a tone, and a test picture in 160x90, 320x180 and 640x360, 15 frames a second. */
export function readSamples(folder: URL): Samples {
  const read = (name: string) => readFileSync(new URL(name, folder));
  return {
    audio: audioSample(read('tone.ogg')),
    video: ['low.ivf', 'middle.ivf', 'high.ivf'].map((name) => videoSample(read(name))),
  };
}
