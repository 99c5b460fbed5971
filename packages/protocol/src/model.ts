import { z } from 'zod';

/** Nouns that every dialect shares. Lengths are in UTF-16 code units. */

/** Printable text without control characters, so that ids are safe in logs, URLs and on screens. */
const printable = (max: number) =>
  z
    .string()
    .min(1)
    .max(max)
    .regex(/^[^\p{Cc}\p{Cs}]+$/u, 'must not contain control characters');

export const RoomId = printable(128);
export const PeerId = printable(128);
/** As long as the `sub` of a token may be. */
export const UserId = printable(256);
/** Ids that the server gave out: transports, producers, consumers. */
export const ObjectId = printable(64);
export const DisplayName = printable(128);

export const MediaKind = z.enum(['audio', 'video']);
export type MediaKind = z.infer<typeof MediaKind>;

/**
 * Application data of a producer: any JSON object of at most 4 KiB as text. The server reads only `source`; clients also
 * `name` and, by which they choose layers, `video`: `{ width, height }` in pixels as captured.
 */
export const AppData = z
  .record(z.string().max(128), z.unknown())
  .refine((data) => JSON.stringify(data).length <= 4096, 'must be at most 4 KiB')
  .meta({ id: 'AppData' });
export type AppData = z.infer<typeof AppData>;

/** What a track is, as its publisher says in `appData.source`. */
export type TrackSource = 'camera' | 'microphone' | 'screen' | 'screenAudio' | 'unknown';

/** W3C WebRTC §4.2.2 RTCIceServer. */
export interface IceServer {
  urls: string | string[];
  username?: string;
  credential?: string;
}
export const IceServer: z.ZodType<IceServer> = z
  .object({
    urls: z.union([z.string(), z.array(z.string())]),
    username: z.string().exactOptional(),
    credential: z.string().exactOptional(),
  })
  .meta({ id: 'IceServer' });

export interface PeerInfo {
  id: string;
  displayName: string;
  /** Only where the right is missing: sends no messages. Receivers drop what comes from it past the server. */
  data?: false;
}
export const PeerInfo: z.ZodType<PeerInfo> = z
  .object({ id: z.string(), displayName: z.string(), data: z.literal(false).exactOptional() })
  .meta({ id: 'PeerInfo' });

export interface ProducerInfo {
  producerId: string;
  peerId: string;
  kind: MediaKind;
  appData: AppData;
  paused: boolean;
  /** Its publisher has not brought it to the room's present media path yet: `producerMoved` follows. */
  pending?: true;
}
export const ProducerInfo: z.ZodType<ProducerInfo> = z
  .object({
    producerId: z.string(),
    peerId: z.string(),
    kind: MediaKind,
    appData: AppData,
    paused: z.boolean(),
    pending: z.literal(true).exactOptional(),
  })
  .meta({ id: 'ProducerInfo' });

export interface SpeakerInfo {
  peerId: string;
  /** Loudness, 0 (silence) to 1 (full scale), linear. */
  level: number;
}

/** Whether media goes through the server or from browser to browser. */
export const Topology = z.enum(['sfu', 'p2p']);
export type Topology = z.infer<typeof Topology>;

/** `auto`: whichever suits the room, changed live. */
export const WantedTopology = z.enum(['sfu', 'p2p', 'auto']);
export type WantedTopology = z.infer<typeof WantedTopology>;

/**
 * Why media travels another way from now on. `participants`: too many for P2P, or few enough again; `pairFailed`: two
 * browsers cannot reach each other; `dialect`: somebody is there who needs the server; `pinned`: the host application or
 * a moderator wants it so; `serverUnreachable`: somebody cannot send media to the server; `mediaServerDied`: a media
 * process is gone; `noMediaServer`: there is none.
 */
export type TopologyReason =
  | 'participants'
  | 'pairFailed'
  | 'dialect'
  | 'pinned'
  | 'serverUnreachable'
  | 'mediaServerDied'
  | 'noMediaServer';

/**
 * Why the server does not forward a publication to somebody who would receive it: `lastN`: enough videos are more wanted;
 * `notLoudest`: enough microphones are louder.
 */
export type HoldReason = 'lastN' | 'notLoudest';

/** Why a peer is no longer in the room. */
export type PeerLeftReason = 'left' | 'disconnected' | 'removed' | 'replaced' | 'roomClosed';

/** Why a room is no more. `mediaServerDied` and `serverClosing` are worth a new join, the others are not. */
export type RoomClosedReason = 'closed' | 'mediaServerDied' | 'serverClosing';
