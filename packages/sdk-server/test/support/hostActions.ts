import type { HostAction } from '@parlor/protocol/fixtures/transcript.js';
import type { Hooks } from '../../src/core/types.js';
import type { MemoryServer } from './memoryServer.js';

/** As the rooms have it, ms. */
const CALM_MS = 5000;

export interface HostDeed {
  action: HostAction;
  peerId?: string;
  topic?: string;
  payload?: unknown;
  loseWorker: () => Promise<void>;
}

/** What the host application does in a transcript, by the public API. */
export async function actAsHost({ rooms, clock }: MemoryServer, deed: HostDeed): Promise<void> {
  const { action, peerId = '', topic = '', payload, loseWorker } = deed;
  const room = rooms.get('room');
  if (!room) throw new Error('there is no room');
  switch (action) {
    case 'removesPeer':
      room.peers.get(peerId)?.remove();
      return;
    case 'closesRoom':
      room.close();
      return;
    case 'closesServer':
      rooms.close('serverClosing');
      return;
    case 'drains':
      rooms.drain();
      room.announceEnd({ after: 3000 });
      return;
    case 'sendsMessage':
      room.sendMessage(topic, payload);
      return;
    case 'mutesPeer':
      for (const producer of room.peers.get(peerId)?.producers.values() ?? []) await producer.pause();
      return;
    case 'losesWorker': {
      const noticed = new Promise<void>((resolve) => {
        room.on('closed', () => {
          resolve();
        });
        room.on('topologyChanged', () => {
          resolve();
        });
      });
      await loseWorker();
      await noticed;
      return;
    }
    case 'waits':
      await clock.pass(CALM_MS);
  }
}

/** Hooks that refuse whom a transcript wants refused. */
export function refusingHooks(
  refuses: { join?: Record<string, string>; publish?: Record<string, string> } = {},
): Hooks {
  return {
    onJoin({ peerId }) {
      const words = refuses.join?.[peerId];
      if (words !== undefined) throw new Error(words);
    },
    onPublish({ peer }) {
      const words = refuses.publish?.[peer.id];
      if (words !== undefined) throw new Error(words);
    },
  };
}
