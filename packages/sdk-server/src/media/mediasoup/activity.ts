import type { types } from 'mediasoup';

/** Above this a peer speaks, dBov (RFC 6464 §3). Room noise with a laptop's gain control stays below it. */
const THRESHOLD_DBOV = -50;
/** How often who speaks is looked at, ms: fast enough for a ring around a face, slow enough not to flicker. */
const INTERVAL_MS = 400;
export const MAX_SPEAKERS = 32;

export interface Loudness {
  producerId: string;
  /** Linear, 0 to 1. */
  level: number;
}

/** Watches the audio of a router and reports who speaks, the loudest first; an empty list is silence. */
export async function observeSpeakers(
  router: types.Router,
  report: (speakers: Loudness[]) => void,
): Promise<types.AudioLevelObserver> {
  const observer = await router.createAudioLevelObserver({
    maxEntries: MAX_SPEAKERS,
    threshold: THRESHOLD_DBOV,
    interval: INTERVAL_MS,
  });
  observer.on('volumes', (volumes) => {
    report(volumes.map(({ producer, volume }) => ({ producerId: producer.id, level: 10 ** (volume / 20) })));
  });
  observer.on('silence', () => {
    report([]);
  });
  return observer;
}
