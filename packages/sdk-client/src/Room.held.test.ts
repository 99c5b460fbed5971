import { expect, it } from 'vitest';
import { guest, join, newest, until, URL } from './test/kit.js';
import { MemoryServer } from './testing/index.js';

async function watching() {
  const server = new MemoryServer();
  const bob = await join(server, 'bob');
  const alice = await join(server, 'alice');
  await alice.room.localParticipant.setCameraEnabled(true);
  await until(() => bob.room.remoteParticipants.get('alice')?.trackPublications.size === 1);
  await bob.platform.clock.advance(0);
  const publication = bob.room.remoteParticipants.get('alice')?.getTrackPublication('camera');
  if (!publication) throw new Error('nothing is published');
  await until(() => publication.isSubscribed);
  const asked = () => server.channels[0]?.requests.filter((method) => method === 'setForwarding').length;
  return { server, bob, alice, publication, asked };
}

it('tells when the server forwards a track no more, and when it does again', async () => {
  const { bob, alice, publication } = await watching();
  const told: string[] = [];
  bob.room.on('trackStreamStateChanged', (which, state, { identity }) => {
    told.push(`${identity} ${which.source} ${state} ${which.holdReason ?? ''}`);
  });
  const driver = newest(bob.drivers);
  driver.tellHeld(publication.id, 'lastN');
  driver.tellHeld(publication.id, 'lastN');
  expect([publication.streamState, publication.isMuted, publication.isSubscribed]).toEqual([
    'paused',
    false,
    true,
  ]);
  driver.tellHeld(publication.id, undefined);
  expect(publication.streamState).toBe('active');
  expect(told).toEqual(['alice camera paused lastN', 'alice camera active ']);
  await alice.room.disconnect();
});

it('tells the server what is pinned', async () => {
  const { publication, asked } = await watching();
  await publication.setPinned(true);
  expect([publication.isPinned, asked()]).toEqual([true, 1]);
  await publication.setPinned(false);
  expect([publication.isPinned, asked()]).toEqual([false, 2]);
});

it('remembers how many are wanted, for when it is connected', async () => {
  const server = new MemoryServer();
  const { room } = guest(server, 'bob');
  await room.setLastN(4);
  await room.connect(URL, undefined, { room: 'r' });
  await until(() => server.channels[0]?.requests.includes('setForwarding') === true);
});
