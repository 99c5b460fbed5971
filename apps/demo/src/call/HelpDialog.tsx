import type { JSX } from 'preact';
import { useCall } from '../state/context.js';
import { Dialog } from '../ui/Dialog.js';
import { SHORTCUTS } from './shortcuts.js';

export const HelpDialog = (): JSX.Element => {
  const { store } = useCall();
  return (
    <Dialog
      title="Keyboard shortcuts"
      onClose={() => {
        store.dispatch({ type: 'dialogClosed' });
      }}
    >
      <dl class="shortcuts">
        {[...SHORTCUTS, { key: 'Esc', what: 'Close a panel or dialog' }].map(({ key, what }) => (
          <div key={key}>
            <dt>
              <kbd>{key.length === 1 ? key.toUpperCase() : key}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
};
