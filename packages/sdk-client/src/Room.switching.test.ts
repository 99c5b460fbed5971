import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CONNECT_LIMIT, LINGER } from './drivers/switcher/Paths.js';
import { FLOW_INTERVAL, QUIET_LOOKS } from './drivers/switcher/FlowWatch.js';
import { ATTEMPT_LIMIT } from './drivers/mesh/LinkRepair.js';
import { Switching, type Member } from './test/switching.js';

let world: Switching;

beforeEach(() => {
  world = new Switching();
});

afterEach(async () => {
  for (const name of [...world.members.keys()]) await world.leave(name);
  await world.pass(1000);
  const { held, network } = world.platform;
  expect({ timers: held.timers, pages: held.pageListeners }).toEqual({ timers: 0, pages: 0 });
  expect([network.open.length, world.sfu.open]).toEqual([0, 0]);
});

describe('a room that changes its way', () => {
  it('goes 1, 2, 3, 2 people: P2P, the server, P2P; every object stays, nothing is told to have gone', async () => {
    const alice = await world.enter('alice');
    await world.pass(1000);
    expect(world.faults()).toEqual([]);
    const bob = await world.enter('bob');
    await world.pass(1000);
    expect([world.faults(), alice.room.topology]).toEqual([[], 'p2p']);
    const before = world.objects();
    expect(before.size).toBe(18);

    await world.enter('carol');
    await world.pass(2000);
    expect([world.faults(), alice.room.topology]).toEqual([[], 'sfu']);
    expect(world.objects()).toEqual(new Map([...world.objects(), ...before]));

    await world.leave('carol');
    world.paths?.move('p2p', 'participants');
    await world.pass(2000);
    expect([world.faults(), alice.room.topology]).toEqual([[], 'p2p']);
    expect(world.objects()).toEqual(before);
    const events = ['sfu participants', 'trackUnsubscribed', 'trackUnpublished'];
    expect(alice.events).toEqual([
      ...events,
      ...events.slice(1),
      'participantDisconnected',
      'p2p participants',
    ]);
    expect(bob.events).toEqual(alice.events);
  });

  it('lets nothing go before media of the new way is there, and everybody has it', async () => {
    const [alice, bob] = [await world.enter('alice'), await world.enter('bob')];
    await world.pass(1000);
    world.sfu.flows = false;
    await world.enter('carol');
    await world.pass(1000);
    expect(alice.room.topology).toBe('sfu');
    expect(world.ways().filter((way) => way.startsWith('alice'))).toEqual([
      'alice < bob/microphone: p2p',
      'alice < bob/camera: p2p',
      'alice < carol/microphone: sfu',
      'alice < carol/camera: sfu',
    ]);
    expect(world.paths?.isSettled).toBe(false);
    world.sfu.flows = true;
    await world.pass(FLOW_INTERVAL);
    expect(world.ways().every((way) => way.endsWith('sfu'))).toBe(true);
    // Elements change over while both are there.
    expect([world.platform.network.open.length, world.paths?.isSettled]).toEqual([2, false]);
    await world.pass(2 * LINGER);
    expect([world.faults(), bob.events]).toEqual([[], ['sfu participants']]);
  });

  it('does not wait for what nobody sends: by neither way anything comes', async () => {
    await Promise.all([world.enter('alice'), world.enter('bob')]);
    await world.pass(1000);
    world.sfu.flows = world.platform.network.flows = false;
    await world.enter('carol');
    await world.pass((QUIET_LOOKS - 2) * FLOW_INTERVAL);
    expect(world.paths?.isSettled).toBe(false);
    await world.pass(4 * FLOW_INTERVAL + 2 * LINGER);
    expect(world.faults()).toEqual([]);
  });

  it('goes on when the server waits no longer, with whatever has come by then', async () => {
    const [alice] = [await world.enter('alice'), await world.enter('bob')];
    await world.pass(1000);
    world.sfu.flows = false;
    await world.enter('carol');
    await world.pass(1000);
    world.paths?.settle();
    await world.pass(2 * LINGER);
    expect([world.faults(), alice.events]).toEqual([[], ['sfu participants']]);
  });

  it('takes in who joins, and lets go who leaves, during the change', async () => {
    const alice = await world.enter('alice');
    await world.enter('bob');
    await world.pass(1000);
    world.sfu.flows = false;
    await world.enter('carol');
    await world.pass(300);
    await world.enter('dave');
    await world.leave('bob');
    await world.pass(300);
    world.sfu.flows = true;
    await world.pass(2000);
    expect(world.faults()).toEqual([]);
    expect([...alice.room.remoteParticipants.keys()]).toEqual(['carol', 'dave']);
  });

  it('comes back to the former way when the change is called off, with what has come up meanwhile', async () => {
    const [alice, bob] = [await world.enter('alice'), await world.join('bob')];
    await world.pass(1000);
    const before = world.objects();
    world.sfu.flows = false;
    await world.enter('carol');
    await world.pass(300);
    await Promise.all([world.publish(bob, 'camera'), world.publish(bob, 'microphone')]);
    await world.pass(300);
    await world.leave('carol');
    world.paths?.move('p2p', 'participants');
    await world.pass(2000);
    expect(world.faults()).toEqual([]);
    expect(world.ways().sort()).toEqual([
      'alice < bob/camera: p2p',
      'alice < bob/microphone: p2p',
      'bob < alice/camera: p2p',
      'bob < alice/microphone: p2p',
    ]);
    expect(world.objects()).toEqual(new Map([...world.objects(), ...before]));
    expect(alice.events.filter((event) => event.includes(' '))).toEqual([
      'sfu participants',
      'p2p participants',
    ]);
  });

  it('comes back to the server in the same way', async () => {
    await Promise.all(['alice', 'bob', 'carol'].map((name) => world.enter(name)));
    await world.pass(2000);
    await world.leave('carol');
    world.platform.network.flows = false;
    world.paths?.move('p2p', 'participants');
    await world.pass(500);
    await world.enter('dave');
    world.paths?.move('sfu', 'participants');
    await world.pass(2000);
    expect(world.faults()).toEqual([]);
  });

  it('does to both ways what is done to tracks during the change', async () => {
    const [alice, bob] = [await world.enter('alice'), await world.enter('bob')];
    await world.pass(1000);
    world.sfu.flows = false;
    await world.enter('carol');
    await world.pass(300);
    const camera = alice.room.localParticipant.getTrackPublication('camera');
    const microphone = bob.room.localParticipant.getTrackPublication('microphone');
    if (!camera || !microphone) throw new Error('not published');
    await microphone.mute();
    await camera.track.replaceTrack(camera.track.mediaStreamTrack.clone());
    await bob.room.localParticipant.unpublishTrack(
      bob.room.localParticipant.getTrackPublication('camera')?.track ?? camera.track,
    );
    const seen = bob.room.remoteParticipants.get('alice')?.getTrackPublication('microphone');
    seen?.setSubscribed(false);
    await world.pass(300);
    seen?.setSubscribed(true);
    await bob.room.remoteParticipants.get('alice')?.getTrackPublication('camera')?.setEnabled(false);
    await world.pass(300);
    world.sfu.flows = true;
    await world.pass(2000);
    expect(world.faults()).toEqual([]);
    expect(world.ways().filter((way) => way.startsWith('alice'))).toEqual([
      'alice < bob/microphone: sfu',
      'alice < carol/microphone: sfu',
      'alice < carol/camera: sfu',
    ]);
    expect(alice.room.remoteParticipants.get('bob')?.getTrackPublication('microphone')?.isMuted).toBe(true);
    const paused = world.log('pause').map(({ peerId }) => peerId);
    expect(paused).toEqual(['bob']);
    await microphone.unmute();
    await world.pass(100);
    expect(alice.room.remoteParticipants.get('bob')?.getTrackPublication('microphone')?.isMuted).toBe(false);
  });

  it('does not miss a camera that is off: it follows when it is switched on', async () => {
    const [alice] = [await world.join('alice'), await world.enter('bob')];
    await alice.room.localParticipant.setCameraEnabled(true);
    await world.pass(1000);
    await alice.room.localParticipant.setCameraEnabled(false);
    await world.enter('carol');
    await world.pass(2000);
    expect([world.paths?.isSettled, world.platform.network.open.length]).toEqual([true, 0]);
    await alice.room.localParticipant.setCameraEnabled(true);
    await world.pass(1000);
    expect(world.faults()).toEqual([]);
    expect(world.ways()).toContain('bob < alice/camera: sfu');
    await alice.room.localParticipant.setCameraEnabled(false);
    await world.pass(100);
    expect(world.members.get('bob')?.room.remoteParticipants.get('alice')?.isCameraEnabled).toBe(false);
  });

  it('shows who joins in the middle what arrives later', async () => {
    await Promise.all([world.enter('alice'), world.enter('bob')]);
    await world.pass(1000);
    for (const channel of world.server.open) channel.interrupt();
    const carol = await world.enter('carol');
    await world.pass(300);
    expect(world.ways().filter((way) => way.startsWith('carol'))).toEqual([
      'carol < alice/microphone: none',
      'carol < alice/camera: none',
      'carol < bob/microphone: none',
      'carol < bob/camera: none',
    ]);
    for (const channel of world.server.open) channel.resume();
    await world.pass(2000);
    expect([world.faults(), carol.events]).toEqual([[], []]);
  });
});

describe('what goes wrong', () => {
  it('sends a pair over the server that does not connect in 5 s', async () => {
    world.platform.network.cut();
    const [alice] = [await world.enter('alice'), await world.enter('bob')];
    await world.pass(ATTEMPT_LIMIT - 100);
    expect(alice.room.topology).toBe('p2p');
    await world.pass(2000);
    expect(world.faults()).toEqual([]);
    expect(alice.events).toEqual(['sfu pairFailed']);
  });

  it('goes back when P2P was tried again in vain', async () => {
    await Promise.all(['alice', 'bob', 'carol'].map((name) => world.enter(name)));
    await world.pass(2000);
    await world.leave('carol');
    world.platform.network.cut();
    world.paths?.move('p2p', 'participants');
    await world.pass(ATTEMPT_LIMIT + 2000);
    expect([world.faults(), world.paths?.topology]).toEqual([[], 'sfu']);
  });

  it('stays P2P while somebody does not reach the server, who is taken in there', async () => {
    const [alice] = [await world.enter('alice'), await world.enter('bob')];
    await world.pass(1000);
    world.sfu.isCut = true;
    const carol = await world.enter('carol');
    await world.pass(CONNECT_LIMIT + 2000);
    expect([world.faults(), world.paths?.topology]).toEqual([[], 'p2p']);
    expect(world.ways()).toHaveLength(12);
    expect([alice.events, carol.events]).toEqual([
      ['sfu participants', 'p2p serverUnreachable'],
      ['p2p serverUnreachable'],
    ]);
  });

  it('does not take silence for a server that cannot be reached', async () => {
    await Promise.all([world.enter('alice'), world.enter('bob')]);
    await world.pass(1000);
    world.sfu.flows = false;
    await world.enter('carol');
    await world.pass(CONNECT_LIMIT + 1000);
    expect([world.log('pathFailed'), world.paths?.topology]).toEqual([[], 'sfu']);
  });

  it.each(['sfu', 'auto'] as const)('survives the death of a media process: %s', async (topology) => {
    const names = ['alice', 'bob', 'carol'];
    await Promise.all(names.map((name) => world.enter(name, { topology })));
    await world.pass(2000);
    const before = world.objects();
    world.sfu.die();
    world.paths?.move('sfu', 'mediaServerDied');
    await world.pass(1000);
    expect(world.faults()).toEqual([]);
    expect(world.objects()).toEqual(before);
    for (const { events } of world.members.values())
      expect(events.filter((event) => event !== 'sfu participants')).toEqual(['sfu mediaServerDied']);
  });

  it('survives it during a change, in both directions', async () => {
    await Promise.all([world.enter('alice'), world.enter('bob')]);
    await world.pass(1000);
    world.sfu.flows = false;
    await world.enter('carol');
    await world.pass(500);
    const before = world.objects();
    world.sfu.flows = true;
    world.sfu.die();
    world.paths?.move('sfu', 'mediaServerDied');
    await world.pass(2000);
    expect([world.faults(), world.objects()]).toEqual([[], before]);
    await world.leave('carol');
    world.platform.network.flows = false;
    world.paths?.move('p2p', 'participants');
    await world.pass(500);
    world.sfu.die();
    await world.pass(500);
    world.platform.network.flows = true;
    await world.pass(3000);
    expect(world.faults()).toEqual([]);
  });

  it('mutes for everybody while nothing carries the track', async () => {
    const [alice, bob] = await Promise.all(['alice', 'bob', 'carol'].map((name) => world.enter(name)));
    await world.pass(2000);
    world.sfu.die();
    world.paths?.move('sfu', 'mediaServerDied');
    await world.platform.clock.advance(0);
    await alice?.room.localParticipant.getTrackPublication('microphone')?.mute();
    await world.pass(2000);
    const seen = bob?.room.remoteParticipants.get('alice');
    expect([seen?.isMicrophoneEnabled, seen?.isCameraEnabled, world.faults()]).toEqual([false, true, []]);
  });

  it('survives a second one right after the first', async () => {
    await Promise.all(['alice', 'bob', 'carol'].map((name) => world.enter(name)));
    await world.pass(2000);
    const before = world.objects();
    for (const wait of [0, 200, 400]) {
      world.sfu.die();
      world.paths?.move('sfu', 'mediaServerDied');
      await world.pass(wait);
    }
    await world.pass(2000);
    expect([world.faults(), world.objects()]).toEqual([[], before]);
  });

  it('keeps for the next way what is wished while one dies', async () => {
    const [alice] = await Promise.all(['alice', 'bob', 'carol'].map((name) => world.enter(name)));
    await world.pass(2000);
    const seen = alice?.room.remoteParticipants.get('bob')?.getTrackPublication('camera');
    // The client does not know of it yet.
    world.paths?.move('sfu', 'mediaServerDied');
    await expect(seen?.setEnabled(false)).resolves.toBeUndefined();
    await expect(seen?.setVideoQuality('low')).resolves.toBeUndefined();
    await world.pass(2000);
    expect(world.faults()).toEqual([]);
    expect([world.log('pause').at(-1)?.peerId, world.log('setPreferredLayers').at(-1)?.peerId]).toEqual([
      'alice',
      'alice',
    ]);
  });

  it.each([false, true])(
    'takes what the app gives up while it comes for no failure; wanted again: %s',
    async (again) => {
      await world.enter('alice');
      world.server.open[0]?.interrupt();
      const bob = await world.join('bob');
      await world.pass(0);
      const publication = bob.room.remoteParticipants.get('alice')?.getTrackPublication('microphone');
      publication?.setSubscribed(false);
      if (again) publication?.setSubscribed(true);
      await world.pass(0);
      world.server.open[0]?.resume();
      await world.pass(2000);
      expect([publication?.isSubscribed, world.faults()]).toEqual([again, []]);
      expect(bob.events).not.toContain('trackSubscriptionFailed');
    },
  );

  it('goes on where it was when the line to the server was lost in the middle', async () => {
    const [alice] = [await world.enter('alice'), await world.enter('bob')];
    await world.pass(1000);
    const [line] = world.server.open;
    line?.interrupt();
    await world.enter('carol');
    await world.pass(1000);
    expect([alice.room.state, alice.room.topology]).toEqual(['signalReconnecting', 'p2p']);
    line?.resume();
    await world.pass(2000);
    expect([world.faults(), alice.events]).toEqual([[], ['sfu participants']]);
    line?.interrupt();
    await world.leave('carol');
    world.paths?.move('p2p', 'participants');
    await world.pass(100);
    line?.resume();
    line?.interrupt();
    await world.pass(500);
    line?.resume();
    await world.pass(2000);
    expect(world.faults()).toEqual([]);
  });

  it.each([0, 50, 150, 400, 700])('leaves nothing behind when left %d ms into a change', async (wait) => {
    await Promise.all([world.enter('alice'), world.enter('bob')]);
    await world.pass(1000);
    await world.enter('carol');
    if (wait > 0) await world.pass(wait);
    for (const name of ['bob', 'alice', 'carol']) await world.leave(name);
  });

  it('joins anew where it cannot follow', async () => {
    const pinned = await world.enter('alice', { topology: 'sfu' });
    await world.pass(500);
    world.paths?.move('p2p', 'noMediaServer');
    await world.pass(500);
    expect(pinned.events).toContain('reconnecting');
  });
});

describe('what an app can do', () => {
  it('pins the way, and lets the server choose again', async () => {
    const [alice] = [await world.enter('alice'), await world.enter('bob')];
    await world.pass(1000);
    await alice.room.setTopology('sfu');
    await world.pass(2000);
    expect([world.faults(), alice.room.topology]).toEqual([[], 'sfu']);
    await alice.room.setTopology('auto');
    expect(world.paths?.auto).toBe(true);
    expect(alice.events).toEqual(['sfu pinned']);
  });

  it('gets statistics of each track by the way that it comes', async () => {
    const [alice] = [await world.enter('alice'), await world.enter('bob')];
    await world.pass(1000);
    const received = async ({ room }: Member) =>
      (await room.getStats()).tracks
        .filter(({ direction }) => direction === 'recv')
        .map(({ identity }) => identity);
    expect(await received(alice)).toEqual(['bob', 'bob']);
    world.sfu.flows = false;
    await world.enter('carol');
    await world.pass(500);
    expect((await received(alice)).sort()).toEqual(['bob', 'bob', 'carol', 'carol']);
    const [frames] = (await alice.room.getStats()).tracks.filter(({ identity }) => identity === 'bob');
    expect(frames?.packets).toBeGreaterThan(0);
    world.sfu.flows = true;
    await world.pass(2000);
    expect((await received(alice)).sort()).toEqual(['bob', 'bob', 'carol', 'carol']);
  });

  it('knows no way before it has joined, and cannot choose one', async () => {
    const { room } = await world.join('alice');
    await world.leave('alice');
    expect(room.topology).toBeUndefined();
    await expect(room.setTopology('sfu')).rejects.toMatchObject({ code: 'NOT_CONNECTED' });
  });
});
