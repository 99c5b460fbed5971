/** Every peer connection of the page, to look at its statistics: import this before what opens them. */
export const connections: RTCPeerConnection[] = [];

class KnownPeerConnection extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    connections.push(this);
  }
}
window.RTCPeerConnection = KnownPeerConnection;

type Stat = Record<string, unknown>;

/** Both ends of the candidate pair that a connection has selected; undefined before. */
export interface SelectedPair {
  local: Stat | undefined;
  remote: Stat | undefined;
}

function selectedPair(report: RTCStatsReport): SelectedPair {
  const stats = new Map<string, Stat>();
  report.forEach((stat: Stat) => stats.set(String(stat['id']), stat));
  const all = [...stats.values()];
  const transport = all.find(({ type }) => type === 'transport');
  // Firefox says at the pair itself that it is selected.
  const pair =
    stats.get(String(transport?.['selectedCandidatePairId'])) ??
    all.find(({ type, selected }) => type === 'candidate-pair' && selected === true);
  return {
    local: stats.get(String(pair?.['localCandidateId'])),
    remote: stats.get(String(pair?.['remoteCandidateId'])),
  };
}

/** What each open connection has selected. */
export async function selectedPairs(): Promise<SelectedPair[]> {
  const open = connections.filter(({ connectionState }) => connectionState !== 'closed');
  const reports = await Promise.all(open.map((connection) => connection.getStats()));
  return reports.map(selectedPair);
}

/** Bytes of messages that have come over data channels, by all connections together. */
export async function messageBytes(): Promise<number> {
  const reports = await Promise.all(connections.map((connection) => connection.getStats()));
  let bytes = 0;
  for (const report of reports) {
    report.forEach(({ type, bytesReceived }: { type: string; bytesReceived?: number }) => {
      if (type === 'data-channel') bytes += bytesReceived ?? 0;
    });
  }
  return bytes;
}

/** `<local type> <protocol to the relay>` of the candidate pair that each open connection has selected. */
export async function selectedCandidates(): Promise<string[]> {
  const pairs = await selectedPairs();
  return pairs.map(({ local }) =>
    local ? `${String(local['candidateType'])} ${String(local['relayProtocol'])}` : 'none',
  );
}

/** Video frames that have been decoded, by all connections together. */
export async function framesDecoded(): Promise<number> {
  const reports = await Promise.all(connections.map((connection) => connection.getStats()));
  let frames = 0;
  for (const report of reports) {
    report.forEach(({ type, framesDecoded: decoded }: { type: string; framesDecoded?: number }) => {
      if (type === 'inbound-rtp') frames += decoded ?? 0;
    });
  }
  return frames;
}
