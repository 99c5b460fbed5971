import { CODES, type P2pClosedCode } from '@parlor/protocol';
import type { Member } from './Member.js';
import { textOf } from './texts.js';

/** The room is over: tells why, and ends the connection. */
export function sendAway(member: Member, code: P2pClosedCode): void {
  member.tell({ type: 'room_closed', reason: textOf(code, member.language), code });
  member.end(CODES[code].ws, code);
}

/** A newer connection of the same participant takes the place of this one. */
export function sayReplaced(member: Member): void {
  const code = 'PEER_REPLACED';
  member.tell({ type: 'error', code, message: textOf(code, member.language) });
  member.end(CODES[code].ws, code);
}
