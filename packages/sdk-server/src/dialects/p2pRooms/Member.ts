import type { P2pClientMessage, P2pParticipant, P2pServerMessage } from '@parlor/protocol';
import type { Language } from '../language.js';

/** One connection in a room. */
export interface Member {
  readonly participant: P2pParticipant;
  /** Who logged in; guests are users of nothing but their room. */
  readonly userId: string;
  readonly language: Language;
  tell(message: P2pServerMessage): void;
  /** Ends the connection: WebSocket close code and reason. */
  end(code: number, reason: string): void;
}

export type Signal = Exclude<P2pClientMessage, { type: 'leave' }>;
