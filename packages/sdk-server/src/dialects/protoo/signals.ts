import type { ProtooClientNotificationParsed, Signal, SignalDescription } from '@parlor/protocol';
import type { Peer } from '../../core/types.js';
import { literalOf } from '../jsonText.js';

/**
 * The description that is being passed on, and the message that brought it. Writing its SDP as JSON would be the most
 * expensive part of that, and the message has it written.
 */
let inHand: { description: SignalDescription; message: string } | undefined;

/** Hands a signal to the room; `message` is the JSON text that it came in. */
export function passOn(
  peer: Pick<Peer, 'signal'>,
  { to, ...signal }: ProtooClientNotificationParsed<'signal'>,
  message: string,
): void {
  const { description } = signal;
  inHand = description && { description, message };
  try {
    peer.signal(to, signal);
  } finally {
    inHand = undefined;
  }
}

/** The members of the notification `signal` as JSON, with the closing brace and without the opening one. */
export function signalFields({ from, signal }: { from: string; signal: Signal }): string {
  const { description, ...others } = signal;
  const literal = description && sdpLiteral(description);
  if (!description || literal === undefined) return JSON.stringify({ from, ...signal }).slice(1);
  const { sdp: _, ...rest } = description;
  const fields = JSON.stringify({ from, ...others }).slice(1, -1);
  return `${fields},"description":{"sdp":${literal},${JSON.stringify(rest).slice(1)}}`;
}

function sdpLiteral(description: SignalDescription): string | undefined {
  return inHand?.description === description ? literalOf(description.sdp, inHand.message) : undefined;
}
