import type { ProtooAnswers } from '@parlor/protocol';
import type { types } from 'mediasoup-client';
import { Emitter } from '../../emitter.js';
import { ParlorError, toParlorError } from '../../errors.js';
import { isGone } from '../isGone.js';
import type { DriverContext } from '../MediaDriver.js';
import type { IceCandidateError, TurnFailures } from '../turnFailure.js';

interface SfuTransportEvents {
  changed: [];
  /** Broken, and an ICE restart did not help. */
  failed: [error: ParlorError];
}

/** Milliseconds of `disconnected` before it is repaired; browsers wait 15 s and more before they say `failed`. */
export const DISCONNECTED_LIMIT = 3000;
/** Milliseconds for a repair to show. */
export const RESTART_LIMIT = 8000;

/**
 * One mediasoup transport: made when it is needed, connects without waiting, and repairs itself once by ICE restart (RFC
 * 8445 §9) until somebody who knows more looks after it.
 */
export class SfuTransport extends Emitter<SfuTransportEvents> {
  #made: types.Transport | undefined;
  #making: Promise<types.Transport> | undefined;
  #closed = false;
  #stopTimer: () => void = () => {};
  #kept = false;
  #restarting = false;
  /** What failed to help, once something has. */
  #turn: TurnFailures | undefined;

  /** @param id The server's name for it */
  constructor(
    readonly id: string,
    private readonly make: () => Promise<types.Transport>,
    private readonly context: DriverContext,
  ) {
    super();
  }

  /** The browser's side, made by the first who asks. @throws ParlorError `CANCELLED` */
  ready(): Promise<types.Transport> {
    this.#making ??= this.#make();
    return this.#making;
  }

  /** @throws ParlorError `NOT_CONNECTED` before it is ready */
  get transport(): types.Transport {
    if (this.#made) return this.#made;
    throw new ParlorError('NOT_CONNECTED', 'There is no media path in this direction yet.');
  }

  get state(): types.ConnectionState {
    if (this.#made) return this.#made.connectionState;
    return this.#closed ? 'closed' : 'new';
  }

  /** Why there is no path, as far as the browser has told. */
  get failure(): ParlorError {
    return (
      this.#turn?.worst ??
      new ParlorError('TRANSPORT_FAILED', 'No media path to the server. A firewall may block it.')
    );
  }

  /** From now on repairs are the caller's business. */
  keep(): void {
    this.#kept = true;
    this.#stopTimer();
  }

  /** ICE restart. Resolves when it is under way; success shows as state `connected`. */
  async restart(): Promise<void> {
    if (this.#restarting || this.#closed || this.state === 'new') return;
    this.#restarting = true;
    this.#expect('connected', RESTART_LIMIT);
    try {
      await this.restartIce();
    } catch (error) {
      this.#fail(toParlorError(error, 'TRANSPORT_FAILED'));
    }
  }

  /** @throws ParlorError the server's refusal */
  async restartIce(): Promise<void> {
    const { transport, context } = this;
    const answer = await context.request('restartIce', { transportId: transport.id, iceServers: true });
    const { iceParameters, iceServers } = answer as ProtooAnswers['restartIce'];
    if (transport.closed) return;
    const own = context.rtcConfiguration.iceServers ?? [];
    if (iceServers)
      await transport
        .updateIceServers({ iceServers: [...iceServers, ...own] as RTCIceServer[] })
        // mediasoup-client cannot in Firefox. Where the former credentials have expired a new transport comes next.
        .catch((error: unknown) => {
          context.logger.debug('transport', 'ICE servers', error);
        });
    await transport.restartIce({ iceParameters });
  }

  close(): void {
    this.#closed = true;
    this.#stopTimer();
    this.removeAllListeners();
    this.#made?.close();
  }

  async #make(): Promise<types.Transport> {
    const transport = await this.make();
    if (this.#closed) {
      transport.close();
      throw new ParlorError('CANCELLED', 'The media path was closed while it was set up.');
    }
    this.#made = transport;
    transport.on('connect', ({ dtlsParameters }, callback) => {
      // What follows on the same socket is read after it, so nothing has to wait for the answer.
      this.context
        .request('connectWebRtcTransport', { transportId: transport.id, dtlsParameters })
        .catch((error) => {
          const failure = toParlorError(error, 'TRANSPORT_FAILED');
          // The server has let the path go, and says by which other one media goes on. If it does not, ICE fails.
          if (isGone(failure)) this.context.logger.info('media transport', failure.code);
          else this.#fail(failure);
        });
      callback();
    });
    transport.on('connectionstatechange', () => {
      this.#onState();
    });
    transport.on('icecandidateerror', (event) => {
      this.#explain(event).catch((error: unknown) => {
        this.context.logger.debug('turn', error);
      });
    });
    transport.on('icegatheringstatechange', (state) => {
      if (state === 'complete') void this.#checkRelays(transport);
    });
    return transport;
  }

  #onState(): void {
    if (this.state === 'connected') {
      this.#stopTimer();
      this.#restarting = false;
      this.#turn?.clear();
    } else if (this.#kept) {
      // Whoever looks after it hears of it below.
    } else if (this.state === 'failed') {
      if (!this.#restarting) void this.restart();
    } else if (this.state === 'disconnected' && !this.#restarting) {
      this.#stopTimer();
      this.#stopTimer = this.context.platform.timer(() => void this.restart(), DISCONNECTED_LIMIT);
    }
    this.emit('changed');
  }

  async #explain(event: IceCandidateError): Promise<void> {
    const { TurnFailures: Failures } = await import('../turnFailure.js');
    this.#turn ??= new Failures();
    const failure = this.#turn.add(event);
    if (failure) this.context.logger.warn('turn', failure.code, failure.message);
  }

  /** Where only relays may be used and there are none, browsers say `connecting` and nothing more. */
  async #checkRelays(transport: types.Transport): Promise<void> {
    if (this.context.rtcConfiguration.iceTransportPolicy !== 'relay' || this.#closed) return;
    const stats: RTCStatsReport = await transport.getStats();
    let relays = 0;
    stats.forEach(({ type, candidateType }: { type: string; candidateType?: string }) => {
      if (type === 'local-candidate' && candidateType === 'relay') relays += 1;
    });
    if (relays > 0 || this.#closed || this.#restarting || this.#kept) return;
    this.#expect('connected', RESTART_LIMIT);
  }

  #expect(state: types.ConnectionState, limit: number): void {
    this.#stopTimer();
    this.#stopTimer = this.context.platform.timer(() => {
      if (this.state === state) this.#restarting = false;
      else this.#fail(this.failure);
    }, limit);
  }

  #fail(error: ParlorError): void {
    if (!this.#closed) this.emit('failed', error);
  }
}
