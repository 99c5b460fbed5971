import type { ProtooAnswers } from '@parlor/protocol';
import type { types } from 'mediasoup-client';
import { Emitter } from '../../emitter.js';
import { ParlorError, toParlorError } from '../../errors.js';
import type { DriverContext } from '../MediaDriver.js';
import { TurnFailures } from '../turnFailure.js';

interface SfuTransportEvents {
  changed: [];
  /** Broken, and an ICE restart did not help. */
  failed: [error: ParlorError];
}

/** Milliseconds of `disconnected` before it is repaired; browsers wait 15 s and more before they say `failed`. */
export const DISCONNECTED_LIMIT = 3000;
/** Milliseconds for a repair to show. */
export const RESTART_LIMIT = 8000;

/** One mediasoup transport: connects without waiting, and repairs itself once by ICE restart (RFC 8445 §9). */
export class SfuTransport extends Emitter<SfuTransportEvents> {
  #stopTimer: () => void = () => {};
  #restarting = false;
  readonly #turn = new TurnFailures();

  constructor(
    readonly transport: types.Transport,
    private readonly context: DriverContext,
  ) {
    super();
    transport.on('connect', ({ dtlsParameters }, callback) => {
      // What follows on the same socket is read after it, so nothing has to wait for the answer.
      this.context
        .request('connectWebRtcTransport', { transportId: transport.id, dtlsParameters })
        .catch((error) => {
          this.#fail(toParlorError(error, 'TRANSPORT_FAILED'));
        });
      callback();
    });
    transport.on('connectionstatechange', () => {
      this.#onState();
    });
    transport.on('icecandidateerror', (event) => {
      const failure = this.#turn.add(event);
      if (failure) this.context.logger.warn('turn', failure.code, failure.message);
    });
    transport.on('icegatheringstatechange', (state) => {
      if (state === 'complete') void this.#checkRelays();
    });
  }

  get state(): types.ConnectionState {
    return this.transport.connectionState;
  }

  /** ICE restart. Resolves when it is under way; success shows as state `connected`. */
  async restart(): Promise<void> {
    if (this.#restarting || this.transport.closed || this.state === 'new') return;
    this.#restarting = true;
    this.#expect('connected', RESTART_LIMIT);
    try {
      const answer = await this.context.request('restartIce', { transportId: this.transport.id });
      const { iceParameters } = answer as ProtooAnswers['restartIce'];
      if (!this.transport.closed) await this.transport.restartIce({ iceParameters });
    } catch (error) {
      this.#fail(toParlorError(error, 'TRANSPORT_FAILED'));
    }
  }

  close(): void {
    this.#stopTimer();
    this.removeAllListeners();
    this.transport.close();
  }

  #onState(): void {
    if (this.state === 'connected') {
      this.#stopTimer();
      this.#restarting = false;
      this.#turn.clear();
    } else if (this.state === 'failed') {
      if (!this.#restarting) void this.restart();
    } else if (this.state === 'disconnected' && !this.#restarting) {
      this.#stopTimer();
      this.#stopTimer = this.context.platform.timer(() => void this.restart(), DISCONNECTED_LIMIT);
    }
    this.emit('changed');
  }

  /** Where only relays may be used and there are none, browsers say `connecting` and nothing more. */
  async #checkRelays(): Promise<void> {
    if (this.context.rtcConfiguration.iceTransportPolicy !== 'relay' || this.transport.closed) return;
    const stats: RTCStatsReport = await this.transport.getStats();
    let relays = 0;
    stats.forEach(({ type, candidateType }: { type: string; candidateType?: string }) => {
      if (type === 'local-candidate' && candidateType === 'relay') relays += 1;
    });
    if (relays > 0 || this.transport.closed || this.#restarting) return;
    this.#expect('connected', RESTART_LIMIT);
  }

  #expect(state: types.ConnectionState, limit: number): void {
    this.#stopTimer();
    this.#stopTimer = this.context.platform.timer(() => {
      if (this.state === state) this.#restarting = false;
      else
        this.#fail(
          this.#turn.worst ??
            new ParlorError('TRANSPORT_FAILED', 'No media path to the server. A firewall may block it.'),
        );
    }, limit);
  }

  #fail(error: ParlorError): void {
    if (this.transport.closed) return;
    this.emit('failed', error);
  }
}
