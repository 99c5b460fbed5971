import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import type { Toast } from '../state/callState.js';
import { useCall, useCallState } from '../state/context.js';
import { Icon } from './Icon.js';
import { IconButton } from './IconButton.js';

/** Milliseconds: long enough to read the longest text twice. */
const SHOWN_FOR = 8000;

export const Toasts = (): JSX.Element => {
  const { toasts } = useCallState();
  return (
    <div class="toasts" role="status">
      {toasts.map((toast) => (
        <ToastItem key={toast.key} toast={toast} />
      ))}
    </div>
  );
};

const ToastItem = ({ toast }: { toast: Toast }): JSX.Element => {
  const { store } = useCall();
  const dismiss = () => {
    store.dispatch({ type: 'toastDismissed', key: toast.key });
  };
  useEffect(() => {
    const timer = setTimeout(dismiss, SHOWN_FOR);
    return () => {
      clearTimeout(timer);
    };
  }, [toast.key]);
  return (
    <div class={`toast ${toast.tone}`}>
      <Icon name={toast.tone === 'error' ? 'alert' : 'check'} size={20} />
      <p>{toast.text}</p>
      <IconButton icon="close" label="Dismiss" size="small" onClick={dismiss} />
    </div>
  );
};
