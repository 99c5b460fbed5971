import type { JSX } from 'preact';
import { formatDuration, formatTime } from './eventLog.js';
import type { FaultKit } from './FaultKit.js';
import type { VideoReading, VideoWatch } from './VideoWatch.js';

/** Milliseconds without a new picture from which on a video counts as frozen. */
const FROZEN = 500;

const stateOf = ({ since }: VideoReading): { tone: string; text: string } => {
  if (since === undefined) return { tone: 'off', text: 'No picture' };
  return since < FROZEN
    ? { tone: 'moving', text: 'Moving' }
    : { tone: 'frozen', text: `Frozen for ${formatDuration(since)}` };
};

const Gaps = ({ watch }: { watch: VideoWatch }): JSX.Element => {
  const videos = watch.readings.value;
  return (
    <section class="fault-group" aria-labelledby="fault-gaps">
      <header class="fault-head">
        <h3 id="fault-gaps">Longest gap between pictures</h3>
        <button
          type="button"
          class="fault-link"
          onClick={() => {
            watch.reset();
          }}
        >
          Reset<span class="visually-hidden"> gaps</span>
        </button>
      </header>
      {videos.length === 0 ? (
        <p class="fault-hint">Nobody else shows a picture.</p>
      ) : (
        <ul class="fault-gaps">
          {videos.map((video) => {
            const { tone, text } = stateOf(video);
            return (
              <li key={video.id} class={`gap-${tone}`} data-testid="gap">
                <span class="fault-gap-name">
                  {video.name} <span class="muted">{video.source}</span>
                </span>
                <span class="fault-gap-state">{text}</span>
                <strong>{formatDuration(video.longest)}</strong>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
};

const Log = ({ kit }: { kit: FaultKit }): JSX.Element => {
  const log = kit.log.value;
  return (
    <section class="fault-group" aria-labelledby="fault-log">
      <h3 id="fault-log">Events</h3>
      {log.length === 0 ? (
        <p class="fault-hint">Join a call, then break something.</p>
      ) : (
        <ol class="fault-log" reversed aria-labelledby="fault-log">
          {log.map(({ key, at, kind, event, text }) => (
            <li key={key} class={`log-${kind}`}>
              <time>{formatTime(at)}</time>
              <span>
                {event !== undefined && <code>{event}</code>} {text}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
};

/** What came of it. */
export const Effects = ({ kit, watch }: { kit: FaultKit; watch: VideoWatch }): JSX.Element => (
  <>
    <Gaps watch={watch} />
    <Log kit={kit} />
  </>
);
