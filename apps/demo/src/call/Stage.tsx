import type { JSX } from 'preact';
import { inviteLink } from '../lib/pageParams.js';
import { useCall, useCallState } from '../state/context.js';
import { Icon } from '../ui/Icon.js';
import { arrange } from './arrange.js';
import { Spotlight } from './Spotlight.js';
import { VideoGrid } from './VideoGrid.js';

export const Stage = (): JSX.Element => {
  const state = useCallState();
  const { featured, others } = arrange(state);
  return (
    <>
      {featured ? <Spotlight featured={featured} others={others} /> : <VideoGrid tiles={others} />}
      {state.people.length === 1 && !state.reconnecting && <Alone />}
    </>
  );
};

const Alone = (): JSX.Element => {
  const call = useCall();
  return (
    <div class="alone">
      <div>
        <p class="alone-title">You're the only one here</p>
        <p class="muted">Send the link to whoever should join.</p>
      </div>
      <button
        type="button"
        class="button primary"
        onClick={() => void call.copyInvite(inviteLink(location.href, call.roomName))}
      >
        <Icon name="link" size={18} />
        Copy the link
      </button>
    </div>
  );
};
