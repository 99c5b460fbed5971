import type { JSX } from 'preact';
import { useCall } from '../state/context.js';
import { useDevices } from './useDevices.js';

const canChooseSpeaker = 'setSinkId' in HTMLMediaElement.prototype;

const KINDS: readonly { readonly kind: MediaDeviceKind; readonly label: string }[] = [
  { kind: 'videoinput', label: 'Camera' },
  { kind: 'audioinput', label: 'Microphone' },
  ...(canChooseSpeaker ? [{ kind: 'audiooutput', label: 'Speaker' } as const] : []),
];

/** Camera, microphone and, where the browser lets a page choose it, speaker. */
export const DeviceSelects = (): JSX.Element => {
  const call = useCall();
  const { all, activeId } = useDevices();
  return (
    <div class="device-selects">
      {KINDS.map(({ kind, label }) => {
        // Chromium lists its default device under its own name and again as `default`.
        // Without permission a device has neither id nor name.
        const ofKind = all.filter((device) => device.kind === kind && device.deviceId !== '');
        const hidden = all.some((device) => device.kind === kind && device.deviceId === '');
        const none = hidden ? 'Not allowed yet' : `No ${label.toLowerCase()} found`;
        const listed = ofKind.some(({ deviceId }) => deviceId === 'default');
        return (
          <label key={kind} class="field">
            <span>{label}</span>
            <select
              value={activeId(kind)}
              disabled={ofKind.length === 0}
              onChange={({ currentTarget }) => void call.switchDevice(kind, currentTarget.value)}
            >
              {!listed && <option value="default">{ofKind.length === 0 ? none : 'System default'}</option>}
              {ofKind.map(({ deviceId, label: name }, index) => (
                <option key={deviceId} value={deviceId}>
                  {name === '' ? `${label} ${String(index + 1)}` : name}
                </option>
              ))}
            </select>
          </label>
        );
      })}
    </div>
  );
};
