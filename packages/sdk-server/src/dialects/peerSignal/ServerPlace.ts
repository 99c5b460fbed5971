import type { Participant, ServerHangupReason } from '@parlor/protocol';
import type { Peer } from '../../core/types.js';
import type { RoomUpdate } from '../../core/updates.js';
import { ParlorError, toWireError } from '../../errors.js';
import type { Logger } from '../../logger.js';
import { Bridge, type BridgeClient } from '../p2pBridge/Bridge.js';
import type { Place } from './Place.js';
import type { SignalClock } from './ports.js';
import type { AddressedSignal } from './RoomCalls.js';
import type { Member } from './SignalRoom.js';

/** The least time that changes are gathered for before the socket is told; milliseconds. */
const GATHER_MS = 20;

export interface ServerPlaceOptions {
  readonly peer: Peer;
  readonly member: Member;
  readonly clock: SignalClock;
  readonly logger: Logger;
  /** Of whom signals reach directly. */
  readonly isReachedDirectly?: (peerId: string) => boolean;
}

/**
 * In a room whose media goes through the server: the server plays everybody else, and answers whenever the socket calls
 * one of them. Nobody's phone rings by that: they are in the same room.
 */
export class ServerPlace implements Place {
  readonly #options: ServerPlaceOptions;
  readonly #bridge: Bridge;
  #stopGathering: (() => void) | undefined;

  constructor(options: ServerPlaceOptions) {
    this.#options = options;
    const { peer, clock, logger, isReachedDirectly } = options;
    // Whom to call is the page's own decision.
    this.#bridge = new Bridge({
      peer,
      client: this.#client,
      offers: false,
      timer: clock,
      logger,
      ...(isReachedDirectly && { isReachedDirectly }),
    });
    this.#announce();
  }

  get participants(): Participant[] {
    const { id, pseudo } = this.#options.member;
    return [{ id, pseudo }, ...this.others];
  }

  /** Those whom the server plays. */
  get others(): Participant[] {
    return this.#bridge.participants.map((other) => ({
      id: other.id,
      pseudo: other.peer.displayName,
    }));
  }

  relay(to: string, signal: AddressedSignal['signal']): void {
    if (!this.#bridge.knows(to))
      throw new ParlorError(
        'PEER_NOT_FOUND',
        `no participant ${to} in room ${this.#roomName}: they may have left`,
      );
    const { type } = signal as { type?: unknown };
    if (type === 'offer' || type === 'answer')
      this.#bridge.take(to, signal as { type: typeof type; sdp: string });
    // Everything else is between pages, or needs no answer: the server is reached at fixed addresses.
    else if (type === 'hangup' || type === 'reject' || type === 'busy') this.#bridge.hangUp(to);
  }

  tell(update: RoomUpdate): void {
    this.#bridge.tell(update);
  }

  leave(): void {
    this.#stopGathering?.();
    this.#bridge.close();
  }

  get #roomName(): string {
    return this.#options.peer.room.id;
  }

  get #client(): BridgeClient {
    const { member } = this.#options;
    const roomName = this.#roomName;
    return {
      joined: () => {
        this.#announce();
      },
      left: (id, { peer, wasConnected }) => {
        if (wasConnected) this.#hangUp(id, { pseudo: peer.displayName, reason: 'left' });
        this.#announce();
      },
      describe: (id, signal) => {
        member.tell('peer-signal', { id, roomName, pseudo: this.#nameOf(id), signal: { ...signal } });
      },
      failed: (id, error) => {
        const { code, message } = toWireError(error);
        member.tell('peer-signal-error', { event: 'peer-signal', code, message, id, roomName });
      },
      hungUp: (id) => {
        this.#hangUp(id, { pseudo: this.#nameOf(id), reason: 'connectionLost' });
      },
    };
  }

  #hangUp(id: string, { pseudo, reason }: { pseudo: string; reason: ServerHangupReason }): void {
    const { member } = this.#options;
    member.tell('peer-signal', { id, roomName: this.#roomName, pseudo, signal: { type: 'hangup', reason } });
  }

  #nameOf(id: string): string {
    return this.participants.find((participant) => participant.id === id)?.pseudo ?? '';
  }

  #announce(): void {
    this.#stopGathering ??= this.#options.clock.after(GATHER_MS, () => {
      this.#stopGathering = undefined;
      const { member } = this.#options;
      member.tell('participants', { roomName: this.#roomName, participants: member.participants });
    });
  }
}
