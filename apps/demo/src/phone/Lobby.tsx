import { isParlorError, type CallUser } from '@parlor/sdk-client';
import type { JSX } from 'preact';
import { Avatar } from '../ui/Avatar.js';
import { Icon } from '../ui/Icon.js';
import { IconButton } from '../ui/IconButton.js';
import { usePhone, usePhoneState } from './context.js';
import type { GoOnlineRequest } from './Phone.js';

interface LobbyProps {
  readonly request: GoOnlineRequest;
  /** Undefined: tried again, nothing is wrong so far. */
  readonly onRefusal: (code: string | undefined) => void;
}

/** People who can be rung, and the way to be one of them. */
export const Lobby = ({ request, onRefusal }: LobbyProps): JSX.Element => {
  const phone = usePhone();
  const { status, users } = usePhoneState();
  const goOnline = async () => {
    onRefusal(undefined);
    try {
      await phone.goOnline(request);
    } catch (error) {
      const code = isParlorError(error) ? error.code : 'INTERNAL';
      // Switched off again before the server had answered.
      if (code !== 'CANCELLED') onRefusal(code);
    }
  };
  const away = status === 'offline' || status === 'connecting';
  return (
    <section class="lobby" aria-labelledby="lobby-title">
      <div class="lobby-head">
        <h2 id="lobby-title">People you can ring</h2>
        {!away && (
          <button type="button" class="button quiet compact" onClick={() => void phone.goOffline()}>
            Go offline
          </button>
        )}
      </div>
      {away ? (
        <>
          <p class="muted">Go online to see who is there, to ring them and to be rung.</p>
          <button
            type="button"
            class="button quiet wide"
            disabled={request.name === '' || status === 'connecting'}
            onClick={() => void goOnline()}
          >
            <Icon name="people" size={18} />
            {status === 'connecting' ? 'Connecting…' : 'Go online'}
          </button>
        </>
      ) : (
        <Users users={users} reconnecting={status === 'reconnecting'} />
      )}
    </section>
  );
};

const Users = ({
  users,
  reconnecting,
}: {
  users: readonly CallUser[];
  reconnecting: boolean;
}): JSX.Element => (
  <>
    <p class="muted" role="status">
      {reconnecting
        ? 'Connection lost. Reconnecting…'
        : users.length === 0
          ? 'You are online. Nobody else is yet.'
          : 'You are online.'}
    </p>
    {users.length > 0 && (
      <ul class="lobby-users" aria-label="People you can ring">
        {users.map((user) => (
          <User key={user.userId} user={user} />
        ))}
      </ul>
    )}
  </>
);

const User = ({ user: { userId, name, busy } }: { user: CallUser }): JSX.Element => {
  const phone = usePhone();
  return (
    <li>
      <Avatar id={userId} name={name} />
      <span class="lobby-name">
        {name}
        {busy && <span class="muted"> · in a call</span>}
      </span>
      <IconButton
        icon="phone"
        label={`Ring ${name}`}
        size="small"
        onClick={() => void phone.ring(userId, false)}
      />
      <IconButton
        icon="camera"
        label={`Ring ${name} with video`}
        size="small"
        onClick={() => void phone.ring(userId, true)}
      />
    </li>
  );
};
