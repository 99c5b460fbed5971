import type { PublishRequest } from '../MediaDriver.js';

/** What gives way when bandwidth or CPU are short (W3C mst-content-hint §6): text stays sharp, films stay smooth. */
function degradation({ source, mediaStreamTrack }: PublishRequest): RTCDegradationPreference {
  if (source !== 'screen') return 'balanced';
  return mediaStreamTrack.contentHint === 'motion' ? 'maintain-framerate' : 'maintain-resolution';
}

/** Limits one copy of a publication; does nothing where nothing changes. */
export async function limitSender(
  sender: RTCRtpSender,
  publication: PublishRequest,
  maxBitrate: number,
): Promise<void> {
  const { kind, options } = publication;
  const parameters = sender.getParameters();
  const [encoding] = parameters.encodings;
  if (!encoding || encoding.maxBitrate === maxBitrate) return;
  encoding.maxBitrate = maxBitrate;
  if (kind === 'audio') encoding.priority = 'high';
  else {
    parameters.degradationPreference = degradation(publication);
    const { maxFramerate } = options.videoEncoding ?? {};
    if (maxFramerate !== undefined) encoding.maxFramerate = maxFramerate;
  }
  await sender.setParameters(parameters);
}
