/** Every peer connection of the page, to look at its statistics: import this before what opens them. */
export const connections: RTCPeerConnection[] = [];

class KnownPeerConnection extends RTCPeerConnection {
  constructor(configuration?: RTCConfiguration) {
    super(configuration);
    connections.push(this);
  }
}
window.RTCPeerConnection = KnownPeerConnection;

/** `<local type> <protocol to the relay>` of the candidate pair that each open connection has selected. */
export async function selectedCandidates(): Promise<string[]> {
  const open = connections.filter(({ connectionState }) => connectionState !== 'closed');
  const reports = await Promise.all(open.map((connection) => connection.getStats()));
  return reports.map((report) => {
    const stats = new Map<string, Record<string, unknown>>();
    report.forEach((stat: Record<string, unknown>) => stats.set(String(stat['id']), stat));
    const transport = [...stats.values()].find(({ type }) => type === 'transport');
    const pair = stats.get(String(transport?.['selectedCandidatePairId']));
    const local = stats.get(String(pair?.['localCandidateId']));
    return local ? `${String(local['candidateType'])} ${String(local['relayProtocol'])}` : 'none';
  });
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
