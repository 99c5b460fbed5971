import { serveArm } from '../harness/serveArm.js';
import { relayClients, type RelayClient, type RelayWire } from '../signalling/RelayClient.js';

export interface RelayPeersMethods {
  connect(data: { name: string; wire: RelayWire; url: string; token: string; count: number }): Promise<void>;
  /** As many offers over all pairs together, one at a time in each: who gets one sends one back. */
  relay(data: { name: string; total: number }): Promise<void>;
  disconnect(data: { name: string }): void;
}

const AT_ONCE = 50;
/** As long as the offer of a browser with microphone and camera. */
const SDP = `v=0\r\n${'a=rtpmap:96 VP8/90000\r\n'.repeat(140)}`;

const open = new Map<string, RelayClient[]>();

serveArm<RelayPeersMethods>(
  {
    async connect({ name, wire, url, token, count }) {
      const clients: RelayClient[] = [];
      for (let index = 0; index < count; index += AT_ONCE) {
        const batch = Array.from({ length: Math.min(AT_ONCE, count - index) }, (_, i) => {
          const number = index + i;
          const roomId = `${name}-room-${String(number >> 1)}`;
          return relayClients[wire]({ url, token, roomId, peerId: `${name}-${String(number)}` });
        });
        clients.push(...(await Promise.all(batch)));
      }
      open.set(name, clients);
    },

    async relay({ name, total }) {
      const clients = open.get(name) ?? [];
      let left = total;
      const pairs: Promise<void>[] = [];
      for (let index = 0; index + 1 < clients.length; index += 2) {
        const [one, other] = [clients[index], clients[index + 1]];
        if (one && other) pairs.push(pingPong(one, other, () => left-- > 0));
      }
      await Promise.all(pairs);
    },

    disconnect({ name }) {
      for (const client of open.get(name) ?? []) client.close();
      open.delete(name);
    },
  },
  () => undefined,
);

function pingPong(one: RelayClient, other: RelayClient, more: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    const answer = (from: RelayClient, to: RelayClient) => () => {
      if (more()) from.send(to.id, SDP);
      else resolve();
    };
    one.onSignal = answer(one, other);
    other.onSignal = answer(other, one);
    one.onSignal();
  });
}
