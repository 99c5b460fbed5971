/** Topic of chat messages among the room's data messages. */
export const CHAT_TOPIC = 'chat';
/** UTF-16 code units. */
export const MAX_CHAT_LENGTH = 2000;

export interface ChatPayload {
  readonly text: string;
}

/** The text of somebody's message, or undefined when it is none: others may send anything. */
export const readChat = (payload: unknown): string | undefined => {
  if (typeof payload !== 'object' || payload === null || !('text' in payload)) return undefined;
  const { text } = payload;
  return typeof text === 'string' && text.trim() !== '' ? text.slice(0, MAX_CHAT_LENGTH) : undefined;
};
