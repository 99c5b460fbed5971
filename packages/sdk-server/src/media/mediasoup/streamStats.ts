import type { types } from 'mediasoup';
import type { StreamStats } from '../../core/types.js';

type RawStats = types.RtpStreamRecvStats | types.RtpStreamSendStats;

/** In the units of the web: mediasoup counts jitter in ticks of the codec's clock, loss in 256ths and time in ms. */
export function streamStats(raw: RawStats, clockRate: number): StreamStats {
  const { ssrc, rid, score, bitrate, roundTripTime = 0 } = raw;
  return {
    ssrc,
    ...(rid !== undefined && { rid }),
    score,
    bitrate,
    bytes: raw.byteCount,
    packets: raw.packetCount,
    packetsLost: raw.packetsLost,
    fractionLost: raw.fractionLost / 256,
    jitter: raw.jitter / clockRate,
    ...(roundTripTime > 0 && { roundTripTime: roundTripTime / 1000 }),
  };
}
