import { Room, type RemoteTrack } from '../../src/index.js';
import { Faults } from '../../src/testing/faults/Faults.js';
import { colourTrack } from './colours.js';
import { taken } from './instrument.js';

declare global {
  interface Window {
    growth: {
      readonly Room: typeof Room;
      readonly taken: typeof taken;
      joinAndLeave(url: string, round: { room: string; devices: boolean }): Promise<void>;
      /** Two in a call; one of them can lose its connection. */
      begin(url: string, room: string): Promise<void>;
      loseConnection(): Promise<void>;
      end(): Promise<void>;
    };
  }
}

/** One publishes a canvas and, if asked to, devices; the other watches it all; then both leave. */
async function joinAndLeave(
  url: string,
  { room, devices }: { room: string; devices: boolean },
): Promise<void> {
  const alice = new Room({ videoCaptureDefaults: { resolution: { width: 320, height: 180 } } });
  const bob = new Room();
  const elements: HTMLMediaElement[] = [];
  const received = new Promise<void>((resolve) => {
    bob.on('trackSubscribed', (track: RemoteTrack) => {
      const element = track.attach();
      elements.push(element);
      document.body.append(element);
      if (elements.length === (devices ? 3 : 1)) resolve();
    });
  });
  await Promise.all([alice.connect(url, undefined, { room }), bob.connect(url, undefined, { room })]);
  const canvas = colourTrack([220, 30, 30], { width: 320, height: 180 });
  await Promise.all([
    devices && alice.localParticipant.enableCameraAndMicrophone(),
    alice.localParticipant.publishTrack(canvas, { source: 'screen' }),
  ]);
  await received;
  await Promise.all(
    elements
      .filter((element) => element instanceof HTMLVideoElement)
      .map((video) => new Promise((resolve) => video.requestVideoFrameCallback(resolve))),
  );
  await Promise.all([alice.disconnect(), bob.disconnect()]);
  for (const element of elements) {
    if (element.srcObject !== null) throw new Error('an element still holds media after leaving');
    element.remove();
  }
}

let call: { alice: Room; bob: Room; faults: Faults } | undefined;

async function begin(url: string, room: string): Promise<void> {
  const faults = new Faults();
  const [alice, bob] = [new Room({ platform: faults.platform }), new Room()];
  call = { alice, bob, faults };
  await Promise.all([alice.connect(url, undefined, { room }), bob.connect(url, undefined, { room })]);
  const received = new Promise((resolve) => bob.once('trackSubscribed', resolve));
  await alice.localParticipant.publishTrack(colourTrack([30, 30, 220], { width: 320, height: 180 }));
  await received;
}

/** Resolves when it is back. */
async function loseConnection(): Promise<void> {
  if (!call) throw new Error('begin first');
  const { alice, faults } = call;
  const back = new Promise<void>((resolve) => {
    const onChange = (state: string) => {
      if (state !== 'connected') return;
      alice.off('connectionStateChanged', onChange);
      resolve();
    };
    alice.on('connectionStateChanged', onChange);
  });
  faults.cutSockets();
  await back;
}

async function end(): Promise<void> {
  await Promise.all([call?.alice.disconnect(), call?.bob.disconnect()]);
  call = undefined;
}

window.growth = { Room, taken, joinAndLeave, begin, loseConnection, end };
