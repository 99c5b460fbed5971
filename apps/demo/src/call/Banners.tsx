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
          <span class="banner-text">
            <span>Connection lost.</span> <span>Reconnecting…</span>
          </span>
        </div>
      )}
      {offline && (
        <div class="banner warn" role="status">
          <span class="spinner" aria-hidden="true" />
          <span class="banner-text">
            <span>No connection to the server.</span> <span>The call goes on…</span>
          </span>
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
