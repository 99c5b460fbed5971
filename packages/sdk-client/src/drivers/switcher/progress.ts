/** How much of a stream has come that can be seen or heard, by any measure that grows. */
export function progress(report: RTCStatsReport | undefined): number {
  let sum = 0;
  report?.forEach((entry: RTCInboundRtpStreamStats) => {
    // Without a codec: the packets with which mediasoup probes the bandwidth.
    if (entry.type !== 'inbound-rtp' || (entry.codecId as string | undefined) === undefined) return;
    // Packets of a picture are none: the first frame may be long in coming.
    sum += (entry.kind === 'video' ? entry.framesDecoded : entry.packetsReceived) ?? 0;
  });
  return sum;
}
