import { isParlorError } from '@parlor/sdk-client';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { asksForToken, errorText } from '../lib/errorText.js';
import { inviteLink, type PageParams } from '../lib/pageParams.js';
import { loadPreferences, savePreferences } from '../lib/preferences.js';
import { friendlyRoomName } from '../lib/roomName.js';
import { loadToken, saveToken } from '../lib/roomToken.js';
import { Lobby } from '../phone/Lobby.js';
import { useCall, useCallState } from '../state/context.js';
import { Icon } from '../ui/Icon.js';

/** Code units: the server's limit of names. */
const MAX_NAME = 64;

export const JoinForm = ({ params }: { params: PageParams }): JSX.Element => {
  const call = useCall();
  const { joining, openingDevices, people } = useCallState();
  const [name, setName] = useState(params.name ?? loadPreferences().name ?? '');
  const [room, setRoom] = useState(params.room ?? friendlyRoomName);
  const [token, setToken] = useState(params.token ?? loadToken(room) ?? '');
  const [refusal, setRefusal] = useState(params.problem);
  const [asksToken, setAsksToken] = useState(false);
  const local = people.find(({ isLocal }) => isLocal);
  const watching = !openingDevices && !local?.camera && !local?.micOn;

  const refuse = (code: string | undefined) => {
    setRefusal(code === undefined ? undefined : errorText(code));
    if (code !== undefined) setAsksToken((asked) => asked || asksForToken(code));
  };

  const join = async () => {
    refuse(undefined);
    const request = {
      server: params.server,
      room: room.trim(),
      name: name.trim(),
      token: token.trim() || undefined,
    };
    savePreferences({ name: request.name });
    // The address bar then holds what a reload, or a friend, needs.
    history.replaceState(null, '', inviteLink(location.href, request.room));
    try {
      await call.join(request);
      if (request.token !== undefined) saveToken(request.room, request.token);
    } catch (error) {
      refuse(isParlorError(error) ? error.code : 'INTERNAL');
    }
  };

  return (
    <>
      <form
        class="join-form"
        onSubmit={(event) => {
          event.preventDefault();
          void join();
        }}
      >
        <label class="field">
          <span>Your name</span>
          <input
            value={name}
            onInput={({ currentTarget }) => {
              setName(currentTarget.value);
            }}
            placeholder="Ada Lovelace"
            autocomplete="name"
            maxLength={MAX_NAME}
            required
          />
        </label>
        <label class="field">
          <span>Room</span>
          <input
            value={room}
            onInput={({ currentTarget }) => {
              setRoom(currentTarget.value);
            }}
            autocapitalize="off"
            autocomplete="off"
            spellcheck={false}
            maxLength={MAX_NAME}
            required
          />
        </label>
        {asksToken && (
          <label class="field">
            <span>Access token</span>
            <input
              value={token}
              onInput={({ currentTarget }) => {
                setToken(currentTarget.value);
              }}
              autocomplete="off"
              spellcheck={false}
            />
          </label>
        )}
        <div role="alert">
          {refusal !== undefined && (
            <p class="form-error">
              <Icon name="alert" size={18} />
              {refusal}
            </p>
          )}
        </div>
        <button type="submit" class="button primary wide" disabled={joining}>
          {joining ? 'Joining…' : watching ? 'Join without camera or mic' : 'Join now'}
        </button>
        <button
          type="button"
          class="button quiet wide"
          onClick={() => void call.copyInvite(inviteLink(location.href, room.trim()))}
        >
          <Icon name="link" size={18} />
          Copy invite link
        </button>
      </form>
      <Lobby
        request={{ server: params.server, name: name.trim(), token: token.trim() || undefined }}
        onRefusal={refuse}
      />
    </>
  );
};
