import { LoadPeer, type Wish } from '../../../apps/load/src/LoadPeer.js';
import type { Sample, Samples } from '../../../apps/load/src/media/Sample.js';
import { Ticker } from '../../../apps/load/src/media/Ticker.js';
import { serveArm } from '../harness/serveArm.js';
import { settled } from '../harness/settled.js';

export interface Watched {
  /** What all clients together have received, RTP. */
  packets: number;
  bytes: number;
  /** Packets that were published. */
  published: number;
}

export interface ViewersMethods {
  /** Resolves when all are in the room. */
  join(data: { url: string; token: string; peers: number; publishers: number; wish: Wish }): Promise<void>;
  /** All who publish do so for a while; resolves when nothing of it is under way any more. */
  run(data: { ms: number }): Promise<Watched>;
}

const ROOM = 'viewers';
const AT_ONCE = 10;
/** Few packets, so that two hundred clients fit into the machine beside the server: frames a second, and bytes of each. */
const VIDEO_RATE = 10;
const LAYERS = [250, 600, 1100];
const AUDIO_RATE = 50 / 3;
const AUDIO_BYTES = 120;
const SPEAKING = 20;
const QUIET = 90;
/** The first bytes of a key frame of VP8, 640x480, behind its RTP descriptor. */
const KEY_FRAME = [0x90, 0x80, 0x80, 0, 0x10, 2, 0, 0x9d, 1, 0x2a, 0x80, 2, 0xe0, 1];

function videoOf(bytes: number): Sample {
  const payload = Buffer.alloc(bytes);
  payload.set(KEY_FRAME);
  return { kind: 'video', clockRate: 90_000, rate: VIDEO_RATE, frames: [[payload]], keyFrames: [0] };
}

const samples: Samples = {
  audio: {
    kind: 'audio',
    clockRate: 48_000,
    rate: AUDIO_RATE,
    frames: [[Buffer.alloc(AUDIO_BYTES)]],
    keyFrames: [],
  },
  video: LAYERS.map(videoOf),
};

const ticker = new Ticker();
const peers: LoadPeer[] = [];

function watched(): Watched {
  const counts = peers.flatMap(({ streams }) => streams.map(({ counter }) => counter.sinceMark()));
  return {
    packets: counts.reduce((sum, { packets }) => sum + packets, 0),
    bytes: counts.reduce((sum, { bytes }) => sum + bytes, 0),
    published: peers.reduce((sum, { sent }) => sum + sent.packets, 0),
  };
}

serveArm<ViewersMethods>(
  {
    async join({ url, token, peers: count, publishers, wish }) {
      const enter = async (index: number) => {
        const address = { url, token, roomId: ROOM, peerId: `peer-${String(index)}` };
        const level = () => (index === 0 ? SPEAKING : QUIET);
        const publication = index < publishers ? { samples, ticker, level } : undefined;
        peers.push(await LoadPeer.join({ address, publication, wish }));
      };
      for (let index = 0; index < count; index += AT_ONCE) {
        await Promise.all(Array.from({ length: AT_ONCE }, (_, more) => enter(index + more)));
      }
      ticker.pause();
    },
    async run({ ms }) {
      const before = watched();
      ticker.resume();
      await new Promise((resolve) => setTimeout(resolve, ms));
      ticker.pause();
      await settled(() => watched().packets);
      const after = watched();
      return {
        packets: after.packets - before.packets,
        bytes: after.bytes - before.bytes,
        published: after.published - before.published,
      };
    },
  },
  async () => {
    await Promise.all(peers.map((peer) => peer.leave()));
  },
);
