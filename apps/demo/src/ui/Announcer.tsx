import type { JSX } from 'preact';
import { useCallState } from '../state/context.js';

/** Says for screen readers what others see happen. */
export const Announcer = (): JSX.Element => {
  const { announcement } = useCallState();
  return (
    <div class="visually-hidden" aria-live="polite" data-testid="announcer">
      <p key={announcement.key}>{announcement.text}</p>
    </div>
  );
};
