import type { JSX } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import { MAX_CHAT_LENGTH } from '../state/chat.js';
import { useCall, useCallState } from '../state/context.js';
import { Icon } from '../ui/Icon.js';
import { ChatMessageItem } from './ChatMessageItem.js';
import { SidePanel } from './SidePanel.js';

export const ChatPanel = (): JSX.Element => {
  const { messages } = useCallState();
  const list = useRef<HTMLOListElement>(null);
  const last = messages.at(-1)?.key;
  useLayoutEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [last]);
  return (
    <SidePanel title="Chat">
      <ol ref={list} class="messages" tabIndex={0} aria-label="Messages">
        {messages.length === 0 && (
          <li class="messages-empty">
            <Icon name="chat" size={30} />
            <p>No messages yet. Say hello to everyone in the call.</p>
          </li>
        )}
        {messages.map((message, index) => (
          <ChatMessageItem key={message.key} message={message} follows={messages[index - 1]} />
        ))}
      </ol>
      <ChatForm />
    </SidePanel>
  );
};

const ChatForm = (): JSX.Element => {
  const call = useCall();
  const [text, setText] = useState('');
  const send = async () => {
    if (text.trim() === '') return;
    if (await call.sendChat(text)) setText('');
  };
  return (
    <form
      class="chat-form"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      <input
        data-autofocus
        value={text}
        onInput={({ currentTarget }) => {
          setText(currentTarget.value);
        }}
        placeholder="Message everyone"
        aria-label="Message"
        autocomplete="off"
        maxLength={MAX_CHAT_LENGTH}
      />
      <button type="submit" class="icon-button small active" aria-label="Send" disabled={text.trim() === ''}>
        <Icon name="send" size={19} />
      </button>
    </form>
  );
};
