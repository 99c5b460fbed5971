import { ParlorError, type ClientErrorCode } from '../errors.js';
import {
  VideoPresets,
  type AudioCaptureOptions,
  type ScreenShareCaptureOptions,
  type VideoCaptureOptions,
  type VideoSize,
} from '../options.js';
import type { MediaDevicesLike, Platform } from '../platform.js';

/** DOMException names of getUserMedia and getDisplayMedia (W3C Media Capture §10.2, Screen Capture §5.1). */
const FAILURES: Record<string, readonly [ClientErrorCode, string]> = {
  NotAllowedError: [
    'PERMISSION_DENIED',
    'Access was denied. Allow it for this page in the browser and try again.',
  ],
  SecurityError: [
    'PERMISSION_DENIED',
    'The page’s policy forbids it (Permissions-Policy header or iframe "allow").',
  ],
  NotFoundError: ['DEVICE_NOT_FOUND', 'There is no such device. Plug one in or choose another.'],
  NotReadableError: ['DEVICE_IN_USE', 'The device does not start. Close other programs that use it.'],
  AbortError: ['DEVICE_IN_USE', 'The device stopped while starting. Close other programs that use it.'],
  OverconstrainedError: [
    'DEVICE_CONSTRAINTS',
    'No device can do what was asked for. Choose another or ask for less.',
  ],
};

export function captureError(cause: unknown): ParlorError {
  const name = cause instanceof Error ? cause.name : '';
  const [code, advice] = FAILURES[name] ?? ['CAPTURE_FAILED' as const, 'Capturing failed.'];
  const detail = cause instanceof Error && cause.message !== '' ? ` (${cause.message})` : '';
  return new ParlorError(code, advice + detail, { cause });
}

function devicesOf(platform: Pick<Platform, 'mediaDevices'>): MediaDevicesLike {
  if (platform.mediaDevices) return platform.mediaDevices;
  throw new ParlorError('CAPTURE_UNSUPPORTED', 'Browsers give devices to https pages and localhost only.');
}

/** `exact`, because Windows takes another device for a mere wish. */
const device = (deviceId: string | undefined) =>
  deviceId === undefined || deviceId === '' || deviceId === 'default'
    ? {}
    : { deviceId: { exact: deviceId } };

const size = ({ width, height, frameRate }: VideoSize) => ({
  width: { ideal: width },
  height: { ideal: height },
  ...(frameRate === undefined ? {} : { frameRate: { ideal: frameRate } }),
});

export const videoConstraints = (options: VideoCaptureOptions): MediaTrackConstraints => ({
  ...device(options.deviceId),
  ...(options.facingMode === undefined ? {} : { facingMode: options.facingMode }),
  ...size(options.resolution ?? VideoPresets.h720),
});

export const audioConstraints = (options: AudioCaptureOptions): MediaTrackConstraints => ({
  ...device(options.deviceId),
  echoCancellation: options.echoCancellation ?? true,
  noiseSuppression: options.noiseSuppression ?? true,
  autoGainControl: options.autoGainControl ?? true,
  ...(options.channelCount === undefined ? {} : { channelCount: options.channelCount }),
});

export interface UserMediaRequest {
  readonly audio?: AudioCaptureOptions | undefined;
  readonly video?: VideoCaptureOptions | undefined;
}

/** One permission prompt for both. @throws ParlorError with a device code */
export async function captureUser(
  platform: Pick<Platform, 'mediaDevices'>,
  { audio, video }: UserMediaRequest,
): Promise<MediaStreamTrack[]> {
  const devices = devicesOf(platform);
  try {
    const stream = await devices.getUserMedia({
      ...(audio ? { audio: audioConstraints(audio) } : {}),
      ...(video ? { video: videoConstraints(video) } : {}),
    });
    return stream.getTracks();
  } catch (cause) {
    throw captureError(cause);
  }
}

/** A screen, window or tab, and its sound where there is one. @throws ParlorError with a device code */
export async function captureScreen(
  platform: Pick<Platform, 'mediaDevices'>,
  options: ScreenShareCaptureOptions,
): Promise<MediaStreamTrack[]> {
  const devices = devicesOf(platform);
  if (!devices.getDisplayMedia) {
    throw new ParlorError('CAPTURE_UNSUPPORTED', 'This browser cannot share a screen (phones cannot).');
  }
  const request: DisplayMediaStreamOptions & { preferCurrentTab?: boolean } = {
    video: size(options.resolution ?? { ...VideoPresets.h1080, frameRate: 15 }),
    audio:
      (options.audio ?? true)
        ? { echoCancellation: false, noiseSuppression: false, autoGainControl: false }
        : false,
    ...(options.preferCurrentTab === undefined ? {} : { preferCurrentTab: options.preferCurrentTab }),
  };
  try {
    const stream = await devices.getDisplayMedia(request);
    const tracks = stream.getTracks();
    for (const track of tracks)
      if (track.kind === 'video') track.contentHint = options.contentHint ?? 'detail';
    return tracks;
  } catch (cause) {
    throw captureError(cause);
  }
}
