import { useLayoutEffect } from 'preact/hooks';
import { useCall } from '../state/context.js';
import { SHORTCUTS } from './shortcuts.js';

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && target.closest('input, textarea, select, [contenteditable]') !== null;

/** Single keys, unless somebody types, holds a modifier, or a dialog is open. */
export const useShortcuts = (): void => {
  const call = useCall();
  // Before the page is shown: a key pressed as soon as it is there counts.
  useLayoutEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || isTyping(event.target)) return;
      if (document.querySelector('dialog[open]')) return;
      const shortcut = SHORTCUTS.find(({ key }) => key === event.key.toLowerCase());
      if (!shortcut) return;
      event.preventDefault();
      shortcut.run(call);
    };
    document.addEventListener('keydown', onKeyDown);
    return () => {
      document.removeEventListener('keydown', onKeyDown);
    };
  }, [call]);
};
