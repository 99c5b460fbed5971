import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { useCall } from '../state/context.js';
import { IconButton } from '../ui/IconButton.js';
import { keepFocus } from '../ui/keepFocus.js';

interface SidePanelProps {
  readonly title: string;
  readonly children: ComponentChildren;
}

/** Beside the call on a wide window, over it on a phone. Takes the focus, Esc closes and gives it back. */
export const SidePanel = ({ title, children }: SidePanelProps): JSX.Element => {
  const { store } = useCall();
  const titleId = useId();
  const ref = useRef<HTMLElement>(null);
  const close = () => {
    store.dispatch({ type: 'panelClosed' });
  };
  useEffect(() => {
    const panel = ref.current;
    const giveBack = keepFocus(panel);
    (panel?.querySelector<HTMLElement>('[data-autofocus]') ?? panel)?.focus();
    return giveBack;
  }, []);
  return (
    <aside
      ref={ref}
      class="panel"
      aria-labelledby={titleId}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key === 'Escape') close();
      }}
    >
      <header class="panel-head">
        <h2 id={titleId}>{title}</h2>
        <IconButton
          icon="close"
          label={`Close ${title.toLowerCase()}`}
          hint="Close"
          size="small"
          onClick={close}
        />
      </header>
      {children}
    </aside>
  );
};
