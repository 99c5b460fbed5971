import type { JSX } from 'preact';
import { useCallState } from '../state/context.js';
import { TrackAudio } from '../ui/TrackAudio.js';

/** The sound of everyone else, wherever their picture is. */
export const AudioSinks = (): JSX.Element => {
  const { people } = useCallState();
  return (
    <div hidden>
      {people
        .filter(({ isLocal }) => !isLocal)
        .flatMap(({ id, microphone, screenAudio }) => [
          microphone && <TrackAudio key={`${id}/microphone`} track={microphone} />,
          screenAudio && <TrackAudio key={`${id}/screenAudio`} track={screenAudio} />,
        ])}
    </div>
  );
};
