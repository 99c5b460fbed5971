import { Room, type MediaRepair } from '@parlor/sdk-client';
import { Faults } from '@parlor/sdk-client/testing';
import { colourTrack } from '../../../packages/sdk-client/e2e/pages/colours.js';
import { soundOfTab, type SoundOfTab } from '../../../packages/sdk-client/e2e/pages/soundOfTab.js';
import { toneTrack } from '../../../packages/sdk-client/e2e/pages/tones.js';
import type { Direction, Gaps, RecoveryPage } from './types.js';

/** Of full scale, root mean square: a tone is far above, what is left of it in a gap far below. */
const AUDIBLE = 0.005;

const faults = new Faults();
const room = new Room({
  topology: 'auto',
  platform: faults.platform,
  // A restarted server is looked for without the pauses that spare it a crowd.
  reconnectPolicy: { nextDelay: () => 100 },
});

/** When frames of others were shown, performance.now(). */
let frames: number[] = [];
let sound: SoundOfTab | undefined;
let heard = 0;

room.on('trackSubscribed', (track) => {
  const element = track.attach();
  document.body.append(element);
  if (!(element instanceof HTMLVideoElement)) return;
  const shown = (at: number) => {
    frames.push(at);
    element.requestVideoFrameCallback(shown);
  };
  element.requestVideoFrameCallback(shown);
});

function longestSilence(levels: readonly number[], blockMs: number): number {
  let [longest, current] = [0, 0];
  for (const level of levels) {
    current = level < AUDIBLE ? current + 1 : 0;
    longest = Math.max(longest, current);
  }
  return longest * blockMs;
}

const until = (event: 'topologyChanged' | 'connectionStateChanged', isSo: () => boolean): Promise<number> =>
  new Promise((resolve) => {
    const look = () => {
      if (!isSo()) return;
      room.off(event, look);
      resolve(performance.now());
    };
    room.on(event, look);
    look();
  });

const newPath = () =>
  new Promise((resolve) => {
    room.on('topologyChanged', resolve);
  });

async function rejoin(): Promise<void> {
  await until('connectionStateChanged', () => room.state !== 'connected');
  await until('connectionStateChanged', () => room.state === 'connected');
}

/** In both directions. */
const mediaRepaired = () =>
  new Promise<void>((resolve) => {
    const missing = new Set<string>(['send', 'recv']);
    room.on('mediaRepair', ({ direction, step }) => {
      if (step === 'recovered') missing.delete(direction);
      if (missing.size === 0) resolve();
    });
  });

/** Repairs, and when they were told, performance.now(). */
let repairs: (MediaRepair & { readonly at: number })[] = [];
let watchedFrom = 0;
room.on('mediaRepair', (repair) => {
  repairs.push({ ...repair, at: performance.now() });
});

const WAYS_BACK = { newPath, rejoin, mediaRepaired };

let expected: Promise<unknown> = Promise.resolve();

const page: RecoveryPage = {
  async join({ url, token }, usesDevices) {
    await room.connect(url, token, { room: 'recovery' });
    if (usesDevices) {
      await room.localParticipant.setMicrophoneEnabled(true);
      await room.localParticipant.setCameraEnabled(true, {}, { simulcast: false });
      return;
    }
    await room.localParticipant.publishTrack(colourTrack([220, 30, 30], { width: 320, height: 180 }), {
      source: 'camera',
      simulcast: false,
    });
    await room.localParticipant.publishTrack(toneTrack(500), { source: 'microphone' });
  },
  async listen() {
    sound = await soundOfTab();
  },
  mark() {
    // The last frame before begins the first gap.
    frames = frames.slice(-1);
    heard = sound?.levels.length ?? 0;
  },
  gaps(): Gaps {
    const between = frames.slice(1).map((at, index) => at - (frames[index] ?? at));
    return {
      video: Math.max(0, ...between),
      frames: frames.length,
      ...(sound && { audio: longestSilence(sound.levels.slice(heard), sound.blockMs) }),
    };
  },
  async topologyIs(topology) {
    await until('topologyChanged', () => room.topology === topology);
  },
  async cutSocket() {
    const cutAt = performance.now();
    const lost = until('connectionStateChanged', () => room.state !== 'connected');
    faults.cutSockets();
    await lost;
    return (await until('connectionStateChanged', () => room.state === 'connected')) - cutAt;
  },
  tellOnline() {
    dispatchEvent(new Event('online'));
  },
  expect(what) {
    expected = WAYS_BACK[what]();
  },
  async repaired() {
    await expected;
    const before = frames.length;
    while (frames.length < before + 3) await new Promise(requestAnimationFrame);
  },
  watchRepairs() {
    repairs = [];
    watchedFrom = performance.now();
  },
  noticed(direction: Direction) {
    const first = repairs.find((repair) => repair.direction === direction);
    return first && first.at - watchedFrom;
  },
  recovered(direction: Direction) {
    return repairs.some((repair) => repair.direction === direction && repair.step === 'recovered');
  },
};

Object.assign(window, { disturbed: page });
