import type { JSX } from 'preact';
import { useCall, useCallState } from '../state/context.js';
import { Icon } from '../ui/Icon.js';
import { IconButton } from '../ui/IconButton.js';
import { TrackVideo } from '../ui/TrackVideo.js';
import { DeviceNotice } from './DeviceNotice.js';
import { MicMeter } from './MicMeter.js';

/** How the others will see and hear this page. */
export const Preview = (): JSX.Element => {
  const call = useCall();
  const { people, deviceErrors } = useCallState();
  const local = people.find(({ isLocal }) => isLocal);
  const cameraOn = local?.camera !== undefined;
  const micOn = local?.micOn ?? false;
  return (
    <>
      <div class="preview">
        {local?.camera ? (
          <TrackVideo track={local.camera} mirrored fit="cover" />
        ) : (
          <div class="preview-empty">
            <Icon name="cameraOff" size={44} />
            <p>Your camera is off</p>
          </div>
        )}
        <div class="preview-bar">
          {micOn && local?.microphone ? (
            <MicMeter track={local.microphone} />
          ) : (
            <span class="meter-off">Microphone off</span>
          )}
          <div class="preview-buttons">
            <IconButton
              icon={micOn ? 'mic' : 'micOff'}
              label="Microphone"
              hint={micOn ? 'Turn microphone off' : 'Turn microphone on'}
              pressed={micOn}
              tone={micOn ? 'plain' : 'off'}
              onClick={() => void call.toggleMicrophone()}
            />
            <IconButton
              icon={cameraOn ? 'camera' : 'cameraOff'}
              label="Camera"
              hint={cameraOn ? 'Turn camera off' : 'Turn camera on'}
              pressed={cameraOn}
              tone={cameraOn ? 'plain' : 'off'}
              onClick={() => void call.toggleCamera()}
            />
          </div>
        </div>
      </div>
      <DeviceNotice errors={deviceErrors} onRetry={() => void call.openDevices()} />
    </>
  );
};
