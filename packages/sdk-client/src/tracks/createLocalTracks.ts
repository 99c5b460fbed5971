import type { AudioCaptureOptions, CreateLocalTracksOptions, VideoCaptureOptions } from '../options.js';
import { createPlatform, type Platform } from '../platform.js';
import type { LocalTrack as LocalTrackApi } from '../types.js';
import { captureUser } from './capture.js';
import { LocalTrack, type CaptureOptions } from './LocalTrack.js';

/** A track of a camera or microphone that was just opened, and how to open it again. */
export function fromDevice(
  platform: Platform,
  mediaStreamTrack: MediaStreamTrack,
  options: CaptureOptions,
): LocalTrack {
  const source = mediaStreamTrack.kind === 'audio' ? 'microphone' : 'camera';
  const recapture = async (again: CaptureOptions): Promise<MediaStreamTrack> => {
    const [track] = await captureUser(platform, source === 'camera' ? { video: again } : { audio: again });
    if (!track) throw new Error('getUserMedia gave no track');
    return track;
  };
  return new LocalTrack({ mediaStreamTrack, source, platform, recapture, options });
}

const asOptions = <T>(value: boolean | T | undefined): T | undefined =>
  value === true ? ({} as T) : value === false ? undefined : value;

/** The same for the room, which has its own platform and defaults. */
export async function createTracks(
  platform: Platform,
  request: { audio: AudioCaptureOptions | undefined; video: VideoCaptureOptions | undefined },
): Promise<LocalTrack[]> {
  const media = await captureUser(platform, request);
  return media.map((track) =>
    fromDevice(platform, track, (track.kind === 'audio' ? request.audio : request.video) ?? {}),
  );
}

/**
 * Opens camera and microphone without a room, for a preview; publish them later with
 * `room.localParticipant.publishTrack`. One permission prompt for both.
 * @throws ParlorError `PERMISSION_DENIED`, `DEVICE_NOT_FOUND`, `DEVICE_IN_USE`, `DEVICE_CONSTRAINTS`,
 *   `CAPTURE_UNSUPPORTED`
 */
export function createLocalTracks(options: CreateLocalTracksOptions = {}): Promise<LocalTrackApi[]> {
  const { audio = true, video = true } = options;
  const request = {
    audio: asOptions<AudioCaptureOptions>(audio),
    video: asOptions<VideoCaptureOptions>(video),
  };
  return createTracks(createPlatform(options.platform), request);
}

async function single(options: CreateLocalTracksOptions): Promise<LocalTrackApi> {
  const [track] = await createLocalTracks(options);
  if (!track) throw new Error('getUserMedia gave no track');
  return track;
}

/** Opens a camera. Errors as `createLocalTracks`. */
export const createLocalVideoTrack = (
  options: VideoCaptureOptions = {},
  platform: Partial<Platform> = {},
): Promise<LocalTrackApi> => single({ video: options, audio: false, platform });

/** Opens a microphone. Errors as `createLocalTracks`. */
export const createLocalAudioTrack = (
  options: AudioCaptureOptions = {},
  platform: Partial<Platform> = {},
): Promise<LocalTrackApi> => single({ audio: options, video: false, platform });
