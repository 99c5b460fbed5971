import { z } from 'zod';

/** What one stay of a peer in a room was, for bills and monitoring. Instants are ISO 8601 in UTC. */
export interface UsageRecord {
  roomId: string;
  peerId: string;
  /** The token's `sub`. */
  userId?: string;
  /** The wire protocol that the peer speaks. */
  dialect: string;
  joinedAt: string;
  /** Absent: the peer is still there. */
  leftAt?: string;
  /**
   * When media could flow, by the states of the server's own transports; at most the last 100 times. Without `to`:
   * still. None where media goes from browser to browser.
   */
  connections: { from: string; to?: string }[];
  /** All of these times, also those that are not listed any more. */
  secondsConnected: number;
  /** What the server received of the client, all that was on the wire, retransmissions and RTCP included. */
  bytesIn: number;
  /** What the server sent to the client. */
  bytesOut: number;
}

const instant = z.iso.datetime();
const count = z.number().min(0);

export const UsageRecord: z.ZodType<UsageRecord> = z
  .object({
    roomId: z.string(),
    peerId: z.string(),
    userId: z.string().exactOptional(),
    dialect: z.string(),
    joinedAt: instant,
    leftAt: instant.exactOptional(),
    connections: z.array(z.object({ from: instant, to: instant.exactOptional() })),
    secondsConnected: count,
    bytesIn: count,
    bytesOut: count,
  })
  .meta({ id: 'UsageRecord' });
