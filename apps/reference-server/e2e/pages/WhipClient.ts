/** What is in an answer of the server besides the description. */
interface Resource {
  location: string;
  etag: string;
}

export interface WhipOptions {
  /** Of the endpoint. */
  url: string;
  token?: string;
  /** Encodings of a publisher's video; default: one. */
  rids?: readonly string[];
}

/** A browser page that follows RFC 9725 (to publish) and the WHEP draft (to watch), with nothing of Parlor in it. */
export class WhipClient {
  readonly connection = new RTCPeerConnection({ bundlePolicy: 'max-bundle' });
  readonly stream = new MediaStream();
  readonly #options: WhipOptions;
  #resource: Resource | undefined;
  #candidates: RTCIceCandidate[] = [];
  #links: string | null = null;

  constructor(options: WhipOptions) {
    this.#options = options;
    this.connection.addEventListener('icecandidate', ({ candidate }) => {
      if (candidate) this.#candidates.push(candidate);
    });
    this.connection.addEventListener('track', ({ track }) => {
      this.stream.addTrack(track);
    });
  }

  /** The `Link` header of the answer. */
  get links(): string | null {
    return this.#links;
  }

  get etag(): string | undefined {
    return this.#resource?.etag;
  }

  /** Sends the tracks; the answer's status. */
  async publish(media: MediaStream): Promise<number> {
    const { rids = [] } = this.#options;
    for (const track of media.getTracks()) {
      const scaled = rids.map((rid, index) => ({
        rid,
        scaleResolutionDownBy: 2 ** (rids.length - 1 - index),
      }));
      const simulcast = track.kind === 'video' && rids.length > 0 ? { sendEncodings: scaled } : {};
      this.connection.addTransceiver(track, { direction: 'sendonly', streams: [media], ...simulcast });
    }
    return this.#offer();
  }

  /** Receives one audio and one video track; the answer's status. */
  async watch(): Promise<number> {
    for (const kind of ['audio', 'video']) this.connection.addTransceiver(kind, { direction: 'recvonly' });
    return this.#offer();
  }

  /** New ICE credentials on both sides (RFC 9725 §4.3.3); the status of the answer. */
  async restartIce(): Promise<number> {
    const answer = this.connection.remoteDescription?.sdp ?? '';
    this.#candidates = [];
    this.connection.restartIce();
    await this.connection.setLocalDescription();
    const response = await this.#patch(this.#fragment(), '*');
    if (response.status !== 200) return response.status;
    const fragment = await response.text();
    if (this.#resource) this.#resource.etag = response.headers.get('etag') ?? '';
    const of = (name: string) => new RegExp(`a=ice-${name}:(.*)`).exec(fragment)?.[1] ?? '';
    const sdp = answer.replace(/a=ice-(ufrag|pwd):.*/g, (_line, name: string) => `a=ice-${name}:${of(name)}`);
    await this.connection.setRemoteDescription({ type: 'answer', sdp });
    return response.status;
  }

  /** Tells the server of candidates found since (RFC 9725 §4.3.2); the status of the answer. */
  async trickle(etag = this.#resource?.etag ?? ''): Promise<number> {
    return (await this.#patch(this.#fragment(), etag)).status;
  }

  /** Ends the session; the status of the answer. */
  async stop(): Promise<number> {
    const response = await fetch(this.#resource?.location ?? '', {
      method: 'DELETE',
      headers: this.#headers(),
    });
    this.connection.close();
    return response.status;
  }

  async #offer(): Promise<number> {
    const { connection } = this;
    await connection.setLocalDescription();
    const response = await fetch(this.#options.url, {
      method: 'POST',
      headers: { ...this.#headers(), 'content-type': 'application/sdp' },
      body: connection.localDescription?.sdp ?? '',
    });
    if (response.status !== 201) return response.status;
    this.#links = response.headers.get('link');
    this.#resource = {
      location: new URL(response.headers.get('location') ?? '', response.url).href,
      etag: response.headers.get('etag') ?? '',
    };
    await connection.setRemoteDescription({ type: 'answer', sdp: await response.text() });
    return response.status;
  }

  #patch(body: string, etag: string): Promise<Response> {
    return fetch(this.#resource?.location ?? '', {
      method: 'PATCH',
      headers: { ...this.#headers(), 'content-type': 'application/trickle-ice-sdpfrag', 'if-match': etag },
      body,
    });
  }

  /** RFC 8840 §9, with the first media section for all. */
  #fragment(): string {
    const sdp = this.connection.localDescription?.sdp ?? '';
    const line = (pattern: RegExp) => pattern.exec(sdp)?.[0] ?? '';
    const lines = [
      line(/a=group:BUNDLE.*/),
      line(/m=.*/),
      line(/a=mid:.*/),
      line(/a=ice-ufrag:.*/),
      line(/a=ice-pwd:.*/),
      ...this.#candidates.map(({ candidate }) => `a=${candidate}`),
    ];
    return `${lines.map((each) => each.trim()).join('\r\n')}\r\n`;
  }

  #headers(): Record<string, string> {
    const { token } = this.#options;
    return token === undefined ? {} : { authorization: `Bearer ${token}` };
  }
}
