import type { JSX } from 'preact';
import { useEffect, useId, useRef } from 'preact/hooks';
import { startRingTone } from '../lib/ringTone.js';
import { Avatar } from '../ui/Avatar.js';
import { Icon } from '../ui/Icon.js';
import { keepFocus } from '../ui/keepFocus.js';
import { usePhone, usePhoneState } from './context.js';
import type { Ringing } from './phoneState.js';

/** Over whatever the page shows, for as long as something rings. */
export const RingPanel = (): JSX.Element | null => {
  const { ringing } = usePhoneState();
  return ringing ? <Panel key={ringing.id} ringing={ringing} /> : null;
};

const Panel = ({ ringing }: { ringing: Ringing }): JSX.Element => {
  const { direction, userId, name, video } = ringing;
  const phone = usePhone();
  const dialog = useRef<HTMLDialogElement>(null);
  const first = useRef<HTMLButtonElement>(null);
  const [titleId, textId] = [useId(), useId()];
  const incoming = direction === 'incoming';
  const title = incoming ? `${name} is calling` : `Ringing ${name}…`;
  useEffect(() => startRingTone(direction), [direction]);
  useTitle(title);
  useEffect(() => {
    const giveBack = keepFocus(dialog.current);
    dialog.current?.showModal();
    first.current?.focus();
    return giveBack;
  }, []);
  return (
    <dialog
      ref={dialog}
      role="alertdialog"
      class="dialog ring"
      aria-labelledby={titleId}
      aria-describedby={textId}
      onCancel={(event) => {
        event.preventDefault();
        void phone.stopRinging();
      }}
    >
      <div class="ring-body">
        <div class="ring-face">
          <Avatar id={userId} name={name} />
        </div>
        <h2 id={titleId}>{title}</h2>
        <p id={textId} class="muted">
          {video ? 'Video call' : 'Audio call'}
        </p>
        <div class="ring-buttons">
          {incoming && <AnswerButtons video={video} firstRef={first} />}
          <button
            ref={incoming ? null : first}
            type="button"
            class="button danger"
            onClick={() => void phone.stopRinging()}
          >
            <Icon name="leave" size={20} />
            {incoming ? 'Decline' : 'Cancel'}
          </button>
        </div>
      </div>
    </dialog>
  );
};

interface AnswerButtonsProps {
  readonly video: boolean;
  readonly firstRef: { current: HTMLButtonElement | null };
}

/** What the caller has asked for comes first. */
const AnswerButtons = ({ video, firstRef }: AnswerButtonsProps): JSX.Element => {
  const phone = usePhone();
  const answers = [
    { withVideo: false, icon: 'mic', text: 'Accept with audio' },
    { withVideo: true, icon: 'camera', text: 'Accept with video' },
  ] as const;
  const ordered = video ? answers.toReversed() : answers;
  return (
    <>
      {ordered.map(({ withVideo, icon, text }, index) => (
        <button
          key={text}
          ref={index === 0 ? firstRef : null}
          type="button"
          class={`button ${index === 0 ? 'accept' : 'quiet'}`}
          onClick={() => void phone.accept(withVideo)}
        >
          <Icon name={icon} size={20} />
          {text}
        </button>
      ))}
    </>
  );
};

/** In the tab too: the page may be behind others. */
const useTitle = (title: string): void => {
  useEffect(() => {
    const before = document.title;
    document.title = title;
    return () => {
      document.title = before;
    };
  }, [title]);
};
