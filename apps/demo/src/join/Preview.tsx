import type { JSX } from 'preact';
import { useCall, useCallState } from '../state/context.js';
import { CameraButton, MicrophoneButton } from '../ui/DeviceButtons.js';
import { Icon } from '../ui/Icon.js';
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
            <MicrophoneButton on={micOn} onClick={() => void call.toggleMicrophone()} />
            <CameraButton on={cameraOn} onClick={() => void call.toggleCamera()} />
          </div>
        </div>
      </div>
      <DeviceNotice errors={deviceErrors} onRetry={() => void call.openDevices()} />
    </>
  );
};
