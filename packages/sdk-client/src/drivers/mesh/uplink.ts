import { DEFAULT_UPLINK, shareUplink } from './bitrates.js';
import type { MeshLink, Outgoing } from './MeshLink.js';

/** Shares the uplink out among all copies that are sent now. */
export function limitCopies(
  links: readonly MeshLink[],
  outgoing: ReadonlyMap<string, Outgoing>,
  uplink = DEFAULT_UPLINK,
): void {
  const copies = links.flatMap((link) =>
    [...outgoing]
      .filter(([producerId, { muted }]) => !muted && link.sender(producerId))
      .map(([producerId, { kind, wantedBitrate: wanted }]) => ({ link, producerId, kind, wanted })),
  );
  const shares = shareUplink(copies, uplink);
  copies.forEach(({ link, producerId, wanted }, index) => {
    link.limit(producerId, shares[index] ?? wanted);
  });
}
