import type { DtlsParameters, IceParameters } from '@parlor/protocol';
import type { Setup, TransportEnd } from './description.js';
import { invalid } from './lines.js';
import type { MediaPort } from './MediaPort.js';

/** ICE and DTLS of one connection: whom it is with, and with which credentials of ours. */
export class TransportLink {
  readonly #port: MediaPort;
  #ice: IceParameters;
  /** New credentials that the client has not agreed to yet; the old ones work until the new ones are used. */
  #nextIce: IceParameters | undefined;
  #remote: TransportEnd | undefined;

  constructor(port: MediaPort) {
    this.#port = port;
    this.#ice = port.info.iceParameters;
  }

  get ice(): IceParameters {
    return this.#ice;
  }

  get isConnected(): boolean {
    return this.#remote !== undefined;
  }

  /** A restart was begun and the client has not answered it. */
  get isRestarting(): boolean {
    return this.#nextIce !== undefined;
  }

  /** Our role in the DTLS association, once it is known. */
  get role(): Exclude<Setup, 'actpass'> {
    return this.#remote?.setup === 'passive' ? 'active' : 'passive';
  }

  /** Whether a description comes from the RTCPeerConnection that this is connected to: certificates never change. */
  isSameConnection({ fingerprints }: TransportEnd): boolean {
    return !this.#remote || sameKeys(this.#remote.fingerprints, fingerprints);
  }

  /** @throws SDP_INVALID, BAD_REQUEST */
  async connect(end: TransportEnd): Promise<void> {
    if (this.#remote) {
      if (!this.isSameConnection(end))
        throw invalid('the fingerprint changed: make an offer of the new connection');
      return;
    }
    const role = end.setup === 'passive' ? 'server' : 'client';
    await this.#port.connect({ role, fingerprints: end.fingerprints });
    this.#remote = end;
  }

  /** The client has new credentials in its offer: ours have to be new as well (RFC 8839 §4.4.1.1.1). */
  async answerRestart({ ufrag }: TransportEnd): Promise<void> {
    if (!this.#remote || this.#remote.ufrag === ufrag) return;
    this.#ice = await this.nextIce();
    this.#nextIce = undefined;
    this.#remote = { ...this.#remote, ufrag };
  }

  /** Credentials for an offer that restarts ICE. */
  async nextIce(): Promise<IceParameters> {
    return (this.#nextIce ??= await this.#port.restartIce());
  }

  /** The client has answered an offer. */
  answered({ ufrag }: TransportEnd): void {
    if (this.#remote) this.#remote = { ...this.#remote, ufrag };
    this.#ice = this.#nextIce ?? this.#ice;
    this.#nextIce = undefined;
  }
}

const sameKeys = (a: DtlsParameters['fingerprints'], b: DtlsParameters['fingerprints']): boolean => {
  const values = new Set(a.map(({ value }) => value));
  return b.some(({ value }) => values.has(value));
};
