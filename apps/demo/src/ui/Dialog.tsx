import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { IconButton } from './IconButton.js';
import { keepFocus } from './keepFocus.js';

interface DialogProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ComponentChildren;
}

/** A modal: the browser's own keeps the focus inside, closes on Esc and gives the focus back. */
export const Dialog = ({ title, onClose, children }: DialogProps): JSX.Element => {
  const ref = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const giveBack = keepFocus(ref.current);
    ref.current?.showModal();
    return giveBack;
  }, []);
  return (
    <dialog
      ref={ref}
      class="dialog"
      aria-labelledby={titleId}
      onClose={onClose}
      onClick={(event) => {
        if (event.target === ref.current) ref.current?.close();
      }}
    >
      <div class="dialog-body">
        <header class="dialog-head">
          <h2 id={titleId}>{title}</h2>
          <IconButton icon="close" label="Close" size="small" onClick={() => ref.current?.close()} />
        </header>
        {children}
      </div>
    </dialog>
  );
};
