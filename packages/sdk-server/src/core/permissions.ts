import type { AppData, MediaKind } from '@parlor/protocol';
import { ParlorError } from '../errors.js';
import type { Grants } from './types.js';

/** Everything but `moderate`: what a peer gets where nobody said otherwise. */
export const DEFAULT_GRANTS: Readonly<Grants> = Object.freeze({
  create: true,
  publish: Object.freeze(['audio', 'video', 'screen'] as const),
  subscribe: true,
  data: true,
  moderate: false,
});

export type Given = { [K in keyof Grants]?: Grants[K] | undefined };

/** What was given over the defaults. Written out: a copy of something frozen takes four times the room. */
export const completed = (given: Given = DEFAULT_GRANTS): Grants => ({
  create: given.create ?? DEFAULT_GRANTS.create,
  publish: given.publish ?? DEFAULT_GRANTS.publish,
  subscribe: given.subscribe ?? DEFAULT_GRANTS.subscribe,
  data: given.data ?? DEFAULT_GRANTS.data,
  moderate: given.moderate ?? DEFAULT_GRANTS.moderate,
});

/** The publish right that a track needs: screen sources are told from cameras by `appData.source`. */
export function neededPublishRight(kind: MediaKind, appData: AppData): Grants['publish'][number] {
  const source = appData['source'];
  if (source === 'screen' || source === 'screenAudio') return 'screen';
  return kind;
}

/** @throws FORBIDDEN */
export function assertCanPublish(grants: Grants, kind: MediaKind, appData: AppData): void {
  const right = neededPublishRight(kind, appData);
  // A right to share the screen is no right to publish a camera under its name, nor the other way round.
  if (!grants.publish.includes(right)) {
    throw new ParlorError('FORBIDDEN', `the token does not allow to publish ${right}: add it to can.publish`);
  }
}

/** @throws FORBIDDEN */
export function assertCan(grants: Grants, right: 'subscribe' | 'data'): void {
  if (!grants[right]) {
    throw new ParlorError('FORBIDDEN', `the token does not allow it: can.${right} is false`);
  }
}
