import type { JSX } from 'preact';
import { errorText } from '../lib/errorText.js';
import type { CallState } from '../state/callState.js';
import { Icon } from '../ui/Icon.js';

interface DeviceNoticeProps {
  readonly errors: CallState['deviceErrors'];
  readonly onRetry: () => void;
}

const texts = ({ camera, microphone }: CallState['deviceErrors']): string[] => {
  if (camera !== undefined && camera === microphone) {
    if (camera === 'PERMISSION_DENIED') {
      return ['The browser blocks camera and microphone. Allow both in the address bar, then try again.'];
    }
    if (camera === 'DEVICE_NOT_FOUND')
      return ['No camera and no microphone were found. Plug one in and try again.'];
  }
  return [
    ...(camera === undefined ? [] : [errorText(camera, 'camera')]),
    ...(microphone === undefined ? [] : [errorText(microphone, 'microphone')]),
  ];
};

/** What keeps the devices from working and what to do about it. */
export const DeviceNotice = ({ errors, onRetry }: DeviceNoticeProps): JSX.Element => {
  const lines = texts(errors);
  return (
    <div role="status">
      {lines.length > 0 && (
        <div class="notice" data-testid="device-notice">
          <Icon name="alert" size={20} />
          <div>
            {lines.map((line) => (
              <p key={line}>{line}</p>
            ))}
            <p class="muted">You can also join without, to watch and listen.</p>
          </div>
          <button type="button" class="button quiet" onClick={onRetry}>
            Try again
          </button>
        </div>
      )}
    </div>
  );
};
