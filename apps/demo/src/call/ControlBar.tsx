import type { JSX } from 'preact';
import { useCall, useCallState } from '../state/context.js';
import { CameraButton, MicrophoneButton } from '../ui/DeviceButtons.js';
import { IconButton } from '../ui/IconButton.js';

/** Phones cannot share their screen from a page. */
const canShare = 'getDisplayMedia' in (navigator.mediaDevices ?? {});

export const ControlBar = (): JSX.Element => {
  const call = useCall();
  const { people, unread, panel } = useCallState();
  const { dispatch } = call.store;
  const local = people.find(({ isLocal }) => isLocal);
  const micOn = local?.micOn ?? false;
  const cameraOn = local?.camera !== undefined;
  const sharing = local?.screen !== undefined;
  return (
    <footer class="controls">
      <div class="controls-group" role="group" aria-label="Call controls">
        <MicrophoneButton on={micOn} shortcut="m" onClick={() => void call.toggleMicrophone()} />
        <CameraButton on={cameraOn} shortcut="v" onClick={() => void call.toggleCamera()} />
        {canShare && (
          <IconButton
            icon="screen"
            label="Share screen"
            hint={sharing ? 'Stop sharing' : 'Share your screen'}
            pressed={sharing}
            tone={sharing ? 'active' : 'plain'}
            shortcut="s"
            onClick={() => void call.toggleScreenShare()}
          />
        )}
        <IconButton
          icon="chat"
          label={unread > 0 ? `Chat, ${String(unread)} unread` : 'Chat'}
          hint="Chat"
          expanded={panel === 'chat'}
          tone={panel === 'chat' ? 'active' : 'plain'}
          badge={unread > 0 ? String(Math.min(unread, 99)) : undefined}
          shortcut="c"
          onClick={() => {
            dispatch({ type: 'panelToggled', panel: 'chat' });
          }}
        />
        <IconButton
          icon="people"
          label={`People, ${String(people.length)}`}
          hint="People"
          expanded={panel === 'people'}
          tone={panel === 'people' ? 'active' : 'plain'}
          badge={people.length > 1 ? String(people.length) : undefined}
          shortcut="p"
          onClick={() => {
            dispatch({ type: 'panelToggled', panel: 'people' });
          }}
        />
        <IconButton
          icon="settings"
          label="Devices"
          onClick={() => {
            dispatch({ type: 'dialogOpened', dialog: 'devices' });
          }}
        />
        <IconButton icon="leave" label="Leave call" tone="danger" onClick={() => void call.leave()} />
      </div>
    </footer>
  );
};
