import { useEffect, useState } from 'preact/hooks';
import { useCall } from '../state/context.js';

interface Devices {
  readonly all: readonly MediaDeviceInfo[];
  readonly activeId: (kind: MediaDeviceKind) => string;
}

/** The devices there are and the chosen ones, followed as they change. */
export const useDevices = (): Devices => {
  const { room } = useCall();
  const [all, setAll] = useState<readonly MediaDeviceInfo[]>([]);
  const [, redraw] = useState(0);
  useEffect(() => {
    const onActive = () => {
      redraw((count) => count + 1);
    };
    room.on('mediaDevicesChanged', setAll).on('activeDeviceChanged', onActive);
    // Without a secure context there is no list: the preview says what to do.
    room.devices.list().then(setAll, () => {
      setAll([]);
    });
    return () => {
      room.off('mediaDevicesChanged', setAll).off('activeDeviceChanged', onActive);
    };
  }, [room]);
  return { all, activeId: (kind) => room.devices.getActiveDevice(kind) };
};
