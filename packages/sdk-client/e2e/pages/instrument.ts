/** What the page has taken from the browser: counted, and looked up later, without keeping any of it alive. */
export const taken = { peerConnections: 0, closed: 0, getUserMedia: 0 };

const connections: WeakRef<RTCPeerConnection>[] = [];

/** Peer connections that are still there and open. */
export const openConnections = (): RTCPeerConnection[] =>
  connections
    .map((reference) => reference.deref())
    .filter((connection) => connection !== undefined)
    .filter(({ connectionState }) => connectionState !== 'closed');

const channels: WeakRef<RTCDataChannel>[] = [];

/** Data channels that are open. */
export const openChannels = (): RTCDataChannel[] =>
  channels
    .map((reference) => reference.deref())
    .filter((channel) => channel !== undefined)
    .filter(({ readyState }) => readyState === 'open');

class CountedPeerConnection extends RTCPeerConnection {
  #counted = false;

  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    taken.peerConnections += 1;
    connections.push(new WeakRef(this));
  }

  override createDataChannel(label: string, init?: RTCDataChannelInit): RTCDataChannel {
    const channel = super.createDataChannel(label, init);
    channels.push(new WeakRef(channel));
    return channel;
  }

  override close(): void {
    if (!this.#counted) taken.closed += 1;
    this.#counted = true;
    super.close();
  }
}
window.RTCPeerConnection = CountedPeerConnection;

const capture = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = (constraints) => {
  taken.getUserMedia += 1;
  return capture(constraints);
};

export interface Stat {
  readonly id: string;
  readonly type: string;
  readonly [key: string]: unknown;
}

/** W3C statistics of every open peer connection. */
export async function allStats(): Promise<Stat[]> {
  const reports = await Promise.all(openConnections().map((connection) => connection.getStats()));
  const stats: Stat[] = [];
  for (const report of reports) {
    report.forEach((stat: Stat) => {
      stats.push(stat);
    });
  }
  return stats;
}
