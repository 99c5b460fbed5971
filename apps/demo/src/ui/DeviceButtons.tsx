import type { JSX } from 'preact';
import { IconButton } from './IconButton.js';

interface DeviceButtonProps {
  readonly on: boolean;
  readonly shortcut?: string;
  readonly onClick: () => void;
}

export const MicrophoneButton = ({ on, ...props }: DeviceButtonProps): JSX.Element => (
  <IconButton
    icon={on ? 'mic' : 'micOff'}
    label="Microphone"
    hint={on ? 'Turn microphone off' : 'Turn microphone on'}
    pressed={on}
    tone={on ? 'plain' : 'off'}
    {...props}
  />
);

export const CameraButton = ({ on, ...props }: DeviceButtonProps): JSX.Element => (
  <IconButton
    icon={on ? 'camera' : 'cameraOff'}
    label="Camera"
    hint={on ? 'Turn camera off' : 'Turn camera on'}
    pressed={on}
    tone={on ? 'plain' : 'off'}
    {...props}
  />
);
