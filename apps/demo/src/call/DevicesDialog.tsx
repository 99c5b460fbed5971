import type { JSX } from 'preact';
import { useCall } from '../state/context.js';
import { DeviceSelects } from '../ui/DeviceSelects.js';
import { Dialog } from '../ui/Dialog.js';

export const DevicesDialog = (): JSX.Element => {
  const { store } = useCall();
  return (
    <Dialog
      title="Devices"
      onClose={() => {
        store.dispatch({ type: 'dialogClosed' });
      }}
    >
      <DeviceSelects />
    </Dialog>
  );
};
