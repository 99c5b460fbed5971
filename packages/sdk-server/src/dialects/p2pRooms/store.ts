/** What is kept of a room: plain, so that any store can hold it. Instants are milliseconds since 1970. */
export interface StoredP2pRoom {
  id: string;
  name: string;
  /** Of whoever may close it. */
  creator: { userId: string; participantId: string };
  maxParticipants: number;
  createdAt: number;
  expiresAt: number;
  /** Never the password itself. */
  passwordHash: string;
  /** Signs the tokens of its guests. */
  guestKey: string;
  /** How media travels; absent: `auto`. */
  topology?: 'p2p' | 'sfu' | 'auto';
}

/** Where rooms are kept. */
export interface P2pRoomStore {
  /** Resolves false when there is a room with this id. */
  add(room: StoredP2pRoom): Promise<boolean>;
  get(id: string): Promise<StoredP2pRoom | undefined>;
  /** Resolves false when there was none. */
  delete(id: string): Promise<boolean>;
  /** How many rooms of a user have not expired at `now`. */
  countOpen(userId: string, now: number): Promise<number>;
  /** Forgets rooms that expired before `instant`. */
  deleteExpired(instant: number): Promise<void>;
}
