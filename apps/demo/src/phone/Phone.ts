import { CallClient, type CallClientOptions, type CallLike, type RoomLike } from '@parlor/sdk-client';
import { signal, type ReadonlySignal } from '@preact/signals';
import type { Call } from '../state/Call.js';
import { byName, endedText, hungUpText, offline, type PhoneState } from './phoneState.js';

export interface GoOnlineRequest {
  readonly server: string;
  readonly name: string;
  readonly token: string | undefined;
}

/** Rings other people and is rung; what is accepted goes on in the page's call. */
export class Phone {
  readonly #client: CallClient;
  readonly #call: Call;
  readonly #state = signal<PhoneState>(offline);
  /** The call that rings or is held. */
  #current: CallLike | undefined;

  constructor(call: Call, options: CallClientOptions = {}) {
    this.#call = call;
    this.#client = new CallClient(options);
    this.#client
      .on('connectionStateChanged', (state) => {
        const status = state === 'connected' ? 'online' : state === 'disconnected' ? 'offline' : state;
        this.#change({ status });
      })
      .on('usersChanged', (users) => {
        this.#change({ users: byName(users.values()) });
      })
      .on('incomingCall', (incoming) => {
        this.#onIncoming(incoming);
      });
  }

  get state(): ReadonlySignal<PhoneState> {
    return this.#state;
  }

  /** @throws ParlorError the server's refusal: the lobby says it */
  async goOnline({ server, name, token }: GoOnlineRequest): Promise<void> {
    // Without a token the server believes who one says one is: the same name is the same person.
    await this.#client.connect(server, token, { userId: name, displayName: name });
    try {
      await this.#client.watchUsers();
    } catch (error) {
      await this.#client.disconnect();
      throw error;
    }
  }

  async goOffline(): Promise<void> {
    await this.#client.disconnect();
  }

  async ring(userId: string, video: boolean): Promise<void> {
    try {
      const outgoing = await this.#client.call(userId, { video });
      this.#follow(outgoing);
      outgoing.on('accepted', () => {
        void this.#join(outgoing, video);
      });
    } catch (error) {
      this.#call.fail(error);
    }
  }

  async accept(video: boolean): Promise<void> {
    const incoming = this.#current;
    if (!incoming) return;
    try {
      await incoming.accept();
      // One call at a time, in whatever way it began.
      if (this.#call.room.state !== 'disconnected') await this.#call.leave();
      await this.#join(incoming, video);
    } catch (error) {
      this.#call.fail(error);
    }
  }

  /** Declines what rings here, or calls off what rings elsewhere. */
  async stopRinging(): Promise<void> {
    const ringing = this.#current;
    if (ringing?.direction === 'incoming') await ringing.reject();
    else await ringing?.hangUp();
  }

  #onIncoming(incoming: CallLike): void {
    // A second one rings when the first has stopped.
    if (this.#current?.state === 'ringing') return;
    this.#follow(incoming);
  }

  #follow(call: CallLike): void {
    this.#current = call;
    const { id, direction, user, video } = call;
    this.#change({ ringing: { id, direction, video, ...user } });
    let held = false;
    call
      .on('accepted', () => {
        held = true;
        this.#change({ ringing: undefined });
      })
      .on('videoChanged', (on) => {
        if (on) this.#call.inform(`${user.name} added video. Turn your camera on to be seen too.`);
      })
      .on('ended', (reason) => {
        this.#current = undefined;
        this.#change({ ringing: undefined });
        const text = held ? undefined : endedText({ direction, name: user.name }, reason);
        if (text !== undefined) this.#call.inform(text);
        this.#ringNext();
      });
  }

  #ringNext(): void {
    const waiting = [...this.#client.calls.values()].find(
      ({ direction, state }) => direction === 'incoming' && state === 'ringing',
    );
    if (waiting) this.#follow(waiting);
  }

  async #join(call: CallLike, video: boolean): Promise<void> {
    const { room } = this.#call;
    const stop = this.#followRoom(call, room);
    call.on('ended', stop);
    try {
      await this.#call.joinPerson(call.user.name, async () => {
        if (!video) await room.localParticipant.setCameraEnabled(false);
        await call.join({ room, video });
      });
    } catch (error) {
      this.#call.fail(error);
    }
  }

  /**
   * Who is out of the room first has read why; the other is told how the call ended. A camera that comes on makes it a
   * call with video.
   */
  #followRoom(call: CallLike, room: RoomLike): () => void {
    let left = false;
    const onDisconnected = ({ code }: { code: string }) => {
      left = code !== 'ROOM_CLOSED' && call.state === 'active';
    };
    const onTrack = () => {
      if (room.localParticipant.isCameraEnabled && !call.video) void call.addVideo().catch(() => undefined);
    };
    room.on('disconnected', onDisconnected).on('localTrackPublished', onTrack).on('trackUnmuted', onTrack);
    return () => {
      room
        .off('disconnected', onDisconnected)
        .off('localTrackPublished', onTrack)
        .off('trackUnmuted', onTrack);
      const reason = call.endedBecause;
      if (left || reason === undefined) return;
      this.#call.store.dispatch({ type: 'ended', because: hungUpText(call.user.name, reason) });
    };
  }

  #change(change: Partial<PhoneState>): void {
    this.#state.value = { ...this.#state.value, ...change };
  }
}
