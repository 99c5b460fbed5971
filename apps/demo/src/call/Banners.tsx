import type { JSX } from 'preact';
import { useCall, useCallState } from '../state/context.js';
import { Icon } from '../ui/Icon.js';

/** What the whole call should know: the connection is being repaired, the browser blocks the sound. */
export const Banners = (): JSX.Element => {
  const call = useCall();
  const { reconnecting, offline, soundBlocked } = useCallState();
  return (
    <div class="banners">
      {reconnecting && (
        <div class="banner warn" role="status">
          <span class="spinner" aria-hidden="true" />
          Connection lost. Reconnecting…
        </div>
      )}
      {offline && (
        <div class="banner warn" role="status">
          <span class="spinner" aria-hidden="true" />
          No connection to the server. The call goes on…
        </div>
      )}
      {soundBlocked && (
        <button type="button" class="banner action" onClick={() => void call.startSound()}>
          <Icon name="sound" size={20} />
          Click to hear the others
        </button>
      )}
    </div>
  );
};
