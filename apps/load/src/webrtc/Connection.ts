import type { DtlsParameters, TransportInfo } from '@parlor/protocol';
import { PeerConnection } from 'node-datachannel';
import { LoadError } from '../LoadError.js';
import { dtlsParametersOf } from './sdp.js';

const isLoopback = ({ iceCandidates }: TransportInfo): boolean =>
  iceCandidates.every(({ address }) => address.startsWith('127.') || address === '::1');

/** Our end of one of the server's transports: ICE and DTLS of node-datachannel, negotiated with SDP made by hand. */
export abstract class Connection {
  /** Resolves when ICE and DTLS are up, fails when they cannot be or when they break later. */
  readonly connected: Promise<void>;
  onFailure: (error: LoadError) => void = () => {};
  protected readonly transport: TransportInfo;
  protected readonly pc: PeerConnection;
  #closed = false;

  constructor(name: string, transport: TransportInfo) {
    this.transport = transport;
    this.pc = new PeerConnection(name, {
      iceServers: [],
      disableAutoNegotiation: true,
      forceMediaTransport: true,
      ...(isLoopback(transport) && { bindAddress: '127.0.0.1' }),
    });
    this.connected = new Promise((resolve, reject) => {
      this.pc.onStateChange((state) => {
        if (state === 'connected') resolve();
        if (this.#closed || (state !== 'failed' && state !== 'disconnected')) return;
        const error = this.#failure(state);
        reject(error);
        this.onFailure(error);
      });
    });
    this.connected.catch(() => undefined);
  }

  close(): void {
    this.#closed = true;
    this.pc.close();
  }

  /** Sets the local description, once libdatachannel has made it. */
  protected describe(type: 'offer' | 'answer'): DtlsParameters {
    this.pc.setLocalDescription(type);
    const sdp = this.pc.localDescription()?.sdp;
    if (sdp === undefined)
      throw new LoadError('MEDIA_NOT_CONNECTED', 'no local session description was made');
    return dtlsParametersOf(sdp);
  }

  #failure(state: string): LoadError {
    const where = this.transport.iceCandidates
      .filter(({ protocol }) => protocol === 'udp')
      .map(({ address, port }) => `${address}:${String(port)}`)
      .join(', ');
    return new LoadError(
      'MEDIA_NOT_CONNECTED',
      `the media connection to ${where || 'the server (which offers no UDP)'} is ${state}: let UDP through to that ` +
        'address, or have the server announce one that can be reached (PARLOR_ANNOUNCED_ADDRESS)',
    );
  }
}
