import type { JSX } from 'preact';
import { inviteLink } from '../lib/pageParams.js';
import { useCall, useCallState } from '../state/context.js';
import { Brand } from '../ui/Brand.js';
import { Icon } from '../ui/Icon.js';
import { IconButton } from '../ui/IconButton.js';
import { ThemeButton } from '../ui/ThemeButton.js';
import { WayTag } from './MediaWay.js';

export const TopBar = (): JSX.Element => {
  const call = useCall();
  const { layout } = useCallState();
  const { dispatch } = call.store;
  const speaker = layout === 'speaker';
  return (
    <header class="topbar">
      <Brand />
      <h1 class="room-name">{call.roomName}</h1>
      {call.isOpenRoom && (
        <button
          type="button"
          class="button quiet compact"
          onClick={() => void call.copyInvite(inviteLink(location.href, call.roomName))}
        >
          <Icon name="link" size={17} />
          <span>Invite</span>
        </button>
      )}
      <span class="spacer" />
      <WayTag />
      <IconButton
        icon={speaker ? 'grid' : 'spotlight'}
        label="Speaker layout"
        hint={speaker ? 'Show everyone the same size' : 'Show the speaker large'}
        pressed={speaker}
        size="small"
        onClick={() => {
          dispatch({ type: 'layoutToggled' });
        }}
      />
      <ThemeButton />
      <IconButton
        icon="help"
        label="Keyboard shortcuts"
        shortcut="?"
        size="small"
        onClick={() => {
          dispatch({ type: 'dialogOpened', dialog: 'help' });
        }}
      />
    </header>
  );
};
