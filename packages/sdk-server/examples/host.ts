import { createParlor, type Parlor } from '@parlor/sdk-server';

/** What a host application can do in its own process: decide, watch and moderate. */
export async function start(jwtSecret: string, isBanned: (userId: string) => boolean): Promise<Parlor> {
  const parlor = await createParlor({
    access: { jwtSecret },
    hooks: {
      onJoin({ userId }) {
        if (userId !== undefined && isBanned(userId)) throw new Error('You are not welcome here.');
      },
      onPublish({ peer, kind }) {
        if (kind === 'video' && peer.room.producers.size >= 20) throw new Error('The stage is full.');
      },
    },
  });

  parlor.rooms.on('opened', (room) => {
    room.on('peerJoined', (peer) => {
      room.sendMessage('welcome', { text: `Hello, ${peer.displayName}` }, [peer.id]);
    });
  });

  // A room that stays although nobody is in it.
  await parlor.rooms.open('lobby', { keepWhenEmpty: true });
  return parlor;
}

/** Silences everybody but one, then shows somebody the door. */
export async function moderate(parlor: Parlor, roomId: string, by: { speaker: string; out: string }) {
  const room = parlor.rooms.get(roomId);
  for (const peer of room?.peers.values() ?? []) {
    if (peer.id === by.speaker) continue;
    for (const producer of peer.producers.values()) if (producer.kind === 'audio') await producer.pause();
  }
  room?.peers.get(by.out)?.remove('See you next time.');
}
