import type { PublishRequest } from './MediaDriver.js';

/** What the others learn of a publication with its announcement: what it is, and how large it is captured. */
export function appDataOf({
  kind,
  source,
  mediaStreamTrack,
  options: { name },
}: Pick<PublishRequest, 'kind' | 'source' | 'mediaStreamTrack' | 'options'>): Record<string, unknown> {
  const { width, height } = mediaStreamTrack.getSettings();
  return {
    source,
    ...(name !== undefined && { name }),
    ...(kind === 'video' && width && height && { video: { width, height } }),
  };
}
