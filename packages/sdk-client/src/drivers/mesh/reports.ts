import type { DriverReports, DriverTrackReport } from '../MediaDriver.js';
import type { MeshLink } from './MeshLink.js';

/** One report out of the copies for each peer: their entries side by side, which readers add up as they do layers. */
function merge(reports: readonly (readonly [peerId: string, report: RTCStatsReport])[]): RTCStatsReport {
  const merged = new Map<string, unknown>();
  for (const [peerId, report] of reports) {
    report.forEach((entry: unknown, id: string) => merged.set(`${peerId} ${id}`, entry));
  }
  return merged as RTCStatsReport;
}

/** Statistics of every connection, and of every stream that runs. */
export async function meshReports(
  links: ReadonlyMap<string, MeshLink>,
  producerIds: { sent: readonly string[]; received: readonly string[] },
): Promise<DriverReports> {
  const sent = producerIds.sent.map(async (producerId): Promise<DriverTrackReport | undefined> => {
    const copies = await Promise.all(
      [...links].map(async ([peerId, link]) => {
        const report = await link.sender(producerId)?.getStats();
        return report && ([peerId, report] as const);
      }),
    );
    const running = copies.filter((copy) => copy !== undefined);
    return running.length === 0 ? undefined : { producerId, direction: 'send', report: merge(running) };
  });
  const received = producerIds.received.flatMap((producerId) =>
    [...links.values()].map(async (link): Promise<DriverTrackReport | undefined> => {
      const report = await link.received(producerId)?.getStats();
      return report && { producerId, direction: 'recv', report };
    }),
  );
  const [tracks, transports] = await Promise.all([
    Promise.all([...sent, ...received]),
    Promise.all([...links.values()].map((link) => link.stats())),
  ]);
  return { tracks: tracks.filter((track) => track !== undefined), transports };
}
