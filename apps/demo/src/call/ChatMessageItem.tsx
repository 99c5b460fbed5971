import type { JSX } from 'preact';
import { linkify } from '../lib/linkify.js';
import type { ChatMessage } from '../state/callState.js';

/** Milliseconds within which messages of one person stand under one name. */
const GROUPED_WITHIN = 120_000;

interface ChatMessageItemProps {
  readonly message: ChatMessage;
  /** The message before it. */
  readonly follows: ChatMessage | undefined;
}

const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit' });

export const ChatMessageItem = ({ message, follows }: ChatMessageItemProps): JSX.Element => {
  const grouped = follows?.fromId === message.fromId && message.at - follows.at < GROUPED_WITHIN;
  return (
    <li class={`message ${message.own ? 'own' : ''} ${grouped ? 'grouped' : ''}`}>
      {!grouped && (
        <p class="message-head">
          <strong>{message.own ? 'You' : message.fromName}</strong>
          <time dateTime={new Date(message.at).toISOString()}>{clock.format(message.at)}</time>
        </p>
      )}
      <p class="message-text">
        {linkify(message.text).map((segment, index) =>
          segment.kind === 'link' ? (
            <a key={index} href={segment.href} target="_blank" rel="noopener noreferrer nofollow">
              {segment.text}
            </a>
          ) : (
            segment.text
          ),
        )}
      </p>
    </li>
  );
};
