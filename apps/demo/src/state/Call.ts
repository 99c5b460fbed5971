import { isParlorError, Room, type RoomLike, type RoomOptions } from '@parlor/sdk-client';
import { errorText } from '../lib/errorText.js';
import type { Person } from './callState.js';
import { CHAT_TOPIC, MAX_CHAT_LENGTH, type ChatPayload } from './chat.js';
import { followRoom } from './followRoom.js';
import { personOf } from './person.js';
import { createStore, type Store } from './store.js';

export interface JoinRequest {
  readonly server: string;
  readonly room: string;
  readonly name: string;
  readonly token: string | undefined;
}

const codeOf = (error: unknown): string => (isParlorError(error) ? error.code : 'INTERNAL');

/** What the buttons do. Every method ends in an action: none of them rejects but `join`. */
export class Call {
  readonly room: RoomLike;
  readonly store: Store = createStore();
  #lastJoin: JoinRequest | undefined;
  /** Of a call that is not held in a room with a name. */
  #title: string | undefined;
  /** What was on after the last click, for `rejoin`. */
  #had = { camera: false, microphone: false };

  constructor(options: RoomOptions = {}) {
    this.room = new Room(options);
    followRoom(this.room, this.store);
  }

  get roomName(): string {
    return this.#title ?? this.#lastJoin?.room ?? '';
  }

  /** Whether others can be sent to the room, and whether there is a way back to it. */
  get isOpenRoom(): boolean {
    return this.#title === undefined && this.#lastJoin !== undefined;
  }

  /** @throws ParlorError the server's refusal: the join page says it */
  async join(request: JoinRequest): Promise<void> {
    this.#lastJoin = request;
    this.#title = undefined;
    await this.#enter(() =>
      this.room.connect(request.server, request.token, {
        room: request.room,
        displayName: request.name,
      }),
    );
  }

  /** A call with one other person: `connect` knows the way into its room. @throws ParlorError what it throws */
  async joinPerson(name: string, connect: () => Promise<void>): Promise<void> {
    this.#title = `Call with ${name}`;
    await this.#enter(connect);
  }

  async leave(): Promise<void> {
    await this.room.disconnect();
  }

  /** For the preview: asks for both at once. What fails is shown by `deviceErrors`. */
  async openDevices(): Promise<void> {
    this.store.dispatch({ type: 'devicesOpening', opening: true });
    try {
      await this.room.localParticipant.enableCameraAndMicrophone();
    } catch (error) {
      const code = codeOf(error);
      if (code === 'PERMISSION_DENIED') {
        this.store.dispatch({ type: 'deviceFailed', device: 'camera', code });
        this.store.dispatch({ type: 'deviceFailed', device: 'microphone', code });
      }
    }
    this.#refreshLocal();
    this.store.dispatch({ type: 'devicesOpening', opening: false });
  }

  /** Joins the same room again, with the devices that were on. @throws ParlorError the server's refusal */
  async rejoin(): Promise<void> {
    if (!this.#lastJoin) return;
    const { localParticipant } = this.room;
    const { camera, microphone } = this.#had;
    if (camera) await this.#attempt('camera', () => localParticipant.setCameraEnabled(true));
    if (microphone) await this.#attempt('microphone', () => localParticipant.setMicrophoneEnabled(true));
    await this.join(this.#lastJoin);
  }

  async toggleMicrophone(): Promise<void> {
    const { localParticipant } = this.room;
    const on = !localParticipant.isMicrophoneEnabled;
    await this.#attempt('microphone', () => localParticipant.setMicrophoneEnabled(on));
    if (localParticipant.isMicrophoneEnabled === on)
      this.#announce(on ? 'Microphone on.' : 'Microphone off.');
  }

  async toggleCamera(): Promise<void> {
    const { localParticipant } = this.room;
    const on = !localParticipant.isCameraEnabled;
    await this.#attempt('camera', () => localParticipant.setCameraEnabled(on));
    if (localParticipant.isCameraEnabled === on) this.#announce(on ? 'Camera on.' : 'Camera off.');
  }

  async toggleScreenShare(): Promise<void> {
    const { localParticipant } = this.room;
    try {
      await localParticipant.setScreenShareEnabled(!localParticipant.isScreenShareEnabled);
    } catch (error) {
      // Closing the browser's own chooser is no failure.
      if (codeOf(error) !== 'PERMISSION_DENIED') this.fail(error, 'screen');
    }
    this.#refreshLocal();
  }

  /** One at a time: where the server forwards only a few videos, this one comes before the others. */
  async togglePin(key: string): Promise<void> {
    this.store.dispatch({ type: 'pinToggled', id: key });
    const { pinned } = this.store.state.value;
    const publications = [...this.room.remoteParticipants.values()].flatMap(
      ({ identity, trackPublications }) =>
        [...trackPublications.values()].map((publication) => ({
          publication,
          isPinned: `${identity}/${publication.source}` === pinned,
        })),
    );
    const changed = publications.filter(({ publication, isPinned }) => publication.isPinned !== isPinned);
    try {
      await Promise.all(changed.map(({ publication, isPinned }) => publication.setPinned(isPinned)));
    } catch (error) {
      this.fail(error);
    }
  }

  async switchDevice(kind: MediaDeviceKind, deviceId: string): Promise<void> {
    await this.#attempt(kind, () => this.room.switchActiveDevice(kind, deviceId));
  }

  /** Call it in a click handler. */
  async startSound(): Promise<void> {
    await this.#attempt('speaker', () => this.room.startAudio());
  }

  /** False when it could not be sent: the text then stays in the field. */
  async sendChat(text: string): Promise<boolean> {
    const payload: ChatPayload = { text: text.trim().slice(0, MAX_CHAT_LENGTH) };
    try {
      await this.room.localParticipant.sendMessage(payload, { topic: CHAT_TOPIC });
    } catch (error) {
      this.fail(error);
      return false;
    }
    const { id, name } = this.#local();
    const message = { fromId: id, fromName: name, own: true, text: payload.text, at: Date.now() };
    this.store.dispatch({ type: 'messageAdded', message });
    return true;
  }

  async copyInvite(link: string): Promise<void> {
    try {
      await navigator.clipboard.writeText(link);
      this.store.dispatch({
        type: 'toastAdded',
        tone: 'info',
        text: 'Link copied. Send it to whoever should join.',
      });
    } catch {
      // Clipboards need a permission or https: then the link itself is shown to be copied by hand.
      this.store.dispatch({ type: 'toastAdded', tone: 'info', text: `Copy this link: ${link}` });
    }
  }

  inform(text: string): void {
    this.store.dispatch({ type: 'toastAdded', tone: 'info', text });
  }

  fail(error: unknown, subject?: string): void {
    this.store.dispatch({ type: 'toastAdded', tone: 'error', text: errorText(codeOf(error), subject) });
  }

  async #enter(connect: () => Promise<void>): Promise<void> {
    this.store.dispatch({ type: 'joining' });
    try {
      await connect();
    } catch (error) {
      this.store.dispatch({ type: 'joinFailed' });
      throw error;
    }
  }

  async #attempt(subject: string, work: () => Promise<unknown>): Promise<void> {
    try {
      await work();
    } catch (error) {
      // In the lobby the preview shows the device's error.
      if (this.store.state.value.stage !== 'lobby') this.fail(error, subject);
    }
    this.#refreshLocal();
  }

  #local(): Person {
    return personOf(this.room.localParticipant);
  }

  #refreshLocal(): void {
    const { isCameraEnabled, isMicrophoneEnabled } = this.room.localParticipant;
    this.#had = { camera: isCameraEnabled, microphone: isMicrophoneEnabled };
    this.store.dispatch({ type: 'personChanged', person: this.#local() });
  }

  #announce(text: string): void {
    this.store.dispatch({ type: 'announced', text });
  }
}
