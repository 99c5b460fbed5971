import { createFakeDrivers, FakePlatform, MemoryServer, settle } from '@parlor/sdk-client/testing';
import { describe, expect, it } from 'vitest';
import { Call } from '../state/Call.js';
import { Phone } from './Phone.js';

interface Guest {
  readonly call: Call;
  readonly phone: Phone;
  readonly platform: FakePlatform;
  readonly toasts: () => string[];
  readonly stage: () => string;
}

const online = async (server: MemoryServer, name: string, device = name): Promise<Guest> => {
  const platform = new FakePlatform();
  const driver = createFakeDrivers().factory;
  const options = { peerId: device, platform, driver, channel: server.channel };
  const call = new Call(options);
  const phone = new Phone(call, { ...options, deviceId: device });
  await phone.goOnline({ server: 'wss://parlor.example/ws', name, token: undefined });
  const state = () => call.store.state.value;
  const toasts = () => state().toasts.map(({ text }) => text);
  return { call, phone, platform, toasts, stage: () => state().stage };
};

/** Lets messages arrive and what they start run. */
const travel = async (...guests: Guest[]): Promise<void> => {
  for (let turn = 0; turn < 5; turn++) {
    await settle();
    for (const { platform } of guests) await platform.clock.advance(0);
  }
};

const ringing = ({ phone }: Guest) => phone.state.value.ringing;

const pair = async () => {
  const server = new MemoryServer();
  const [ann, bob] = [await online(server, 'Ann'), await online(server, 'Bob')];
  await travel(ann, bob);
  return { server, ann, bob };
};

const held = async (video = false) => {
  const { server, ann, bob } = await pair();
  await ann.phone.ring('Bob', video);
  await travel(ann, bob);
  await bob.phone.accept(video);
  await travel(ann, bob);
  return { server, ann, bob };
};

describe('Phone', () => {
  it('shows who is there, by name', async () => {
    const { server, ann } = await pair();
    await online(server, 'Aaron');
    await travel(ann);
    expect(ann.phone.state.value).toMatchObject({
      status: 'online',
      users: [{ name: 'Aaron' }, { name: 'Bob' }],
    });
    await ann.phone.goOffline();
    expect(ann.phone.state.value).toEqual({ status: 'offline', users: [], ringing: undefined });
  });

  it('rings on both sides, and brings both into one call', async () => {
    const { ann, bob } = await pair();
    await ann.phone.ring('Bob', false);
    await travel(ann, bob);
    expect(ringing(ann)).toMatchObject({ direction: 'outgoing', name: 'Bob', video: false });
    expect(ringing(bob)).toMatchObject({ direction: 'incoming', name: 'Ann', video: false });
    await bob.phone.accept(false);
    await travel(ann, bob);
    expect([ann.stage(), bob.stage()]).toEqual(['call', 'call']);
    expect([ann.call.roomName, ann.call.isOpenRoom]).toEqual(['Call with Bob', false]);
    expect([ringing(ann), ringing(bob)]).toEqual([undefined, undefined]);
    const [me] = ann.call.store.state.value.people;
    expect(me).toMatchObject({ micOn: true, camera: undefined });
  });

  it('opens the camera in a call with video, and only there', async () => {
    const { ann, bob } = await pair();
    await ann.call.openDevices();
    expect(ann.call.room.localParticipant.isCameraEnabled).toBe(true);
    await ann.phone.ring('Bob', false);
    await travel(ann, bob);
    await bob.phone.accept(true);
    await travel(ann, bob);
    expect(ann.call.room.localParticipant.isCameraEnabled).toBe(false);
    expect(bob.call.room.localParticipant.isCameraEnabled).toBe(true);
    expect(ann.toasts()).toEqual(['Bob added video. Turn your camera on to be seen too.']);
    await ann.call.toggleCamera();
    await travel(ann, bob);
    expect(ann.call.room.localParticipant.isCameraEnabled).toBe(true);
  });

  it.each([
    ['declines', 'Bob declined.', []],
    ['calls off', undefined, ['Missed call from Ann.']],
    ['waits in vain', 'Bob did not answer.', ['Missed call from Ann.']],
  ])('says so when somebody %s', async (what, forAnn, forBob) => {
    const { server, ann, bob } = await pair();
    await ann.phone.ring('Bob', false);
    await travel(ann, bob);
    if (what === 'declines') await bob.phone.stopRinging();
    else if (what === 'calls off') await ann.phone.stopRinging();
    else server.calls.timeOut(ringing(ann)?.id ?? '');
    await travel(ann, bob);
    expect(ann.toasts()).toEqual(forAnn === undefined ? [] : [forAnn]);
    expect(bob.toasts()).toEqual(forBob);
    expect([ann.stage(), bob.stage(), ringing(ann), ringing(bob)]).toEqual([
      'lobby',
      'lobby',
      undefined,
      undefined,
    ]);
  });

  it('says that somebody is busy, and to nobody else', async () => {
    const { server, ann, bob } = await held();
    const cat = await online(server, 'Cat');
    await cat.phone.ring('Bob', false);
    await travel(cat, ann, bob);
    expect(cat.toasts()).toEqual(['Bob is in another call.']);
    await cat.phone.ring('Nobody', false);
    expect(cat.toasts()).toContain('They are not online any more.');
    expect([ann.toasts(), bob.toasts()]).toEqual([[], []]);
  });

  it('stops ringing where another device has answered', async () => {
    const { server, ann, bob } = await pair();
    const laptop = await online(server, 'Bob', 'laptop');
    await ann.phone.ring('Bob', false);
    await travel(ann, bob, laptop);
    expect(ringing(laptop)).toMatchObject({ name: 'Ann' });
    await bob.phone.accept(false);
    await travel(ann, bob, laptop);
    expect([ringing(laptop), laptop.toasts()]).toEqual([undefined, ['You answered Ann on another device.']]);
  });

  it('tells who hung up', async () => {
    const { ann, bob } = await held();
    await bob.call.leave();
    await travel(ann, bob);
    expect([ann.stage(), bob.stage()]).toEqual(['left', 'left']);
    expect(ann.call.store.state.value.endedBecause).toBe('Bob hung up.');
    expect(bob.call.store.state.value.endedBecause).toBeUndefined();
    // Both can go on.
    await bob.phone.ring('Ann', true);
    await travel(ann, bob);
    await ann.phone.accept(true);
    await travel(ann, bob);
    expect([ann.stage(), bob.stage()]).toEqual(['call', 'call']);
  });

  it('tells that the connection to the other was lost, whichever connection tells it first', async () => {
    const { server, ann, bob } = await held();
    for (const roomId of server.rooms.keys()) server.closeRoom(roomId);
    await travel(ann, bob);
    server.calls.giveUp('Ann');
    await travel(ann, bob);
    expect(bob.call.store.state.value.endedBecause).toBe('The connection to Ann was lost.');
  });

  it('lets a second call ring when the first has stopped', async () => {
    const { server, ann, bob } = await pair();
    const cat = await online(server, 'Cat');
    await ann.phone.ring('Bob', false);
    await cat.phone.ring('Bob', false);
    await travel(ann, bob, cat);
    expect(ringing(bob)).toMatchObject({ name: 'Ann' });
    await bob.phone.stopRinging();
    await travel(ann, bob, cat);
    expect(ringing(bob)).toMatchObject({ name: 'Cat' });
  });

  it('leaves the room that it is in for a call', async () => {
    const { ann, bob } = await pair();
    await bob.call.join({ server: 'wss://parlor.example', room: 'tea', name: 'Bob', token: undefined });
    await ann.phone.ring('Bob', false);
    await travel(ann, bob);
    await bob.phone.accept(false);
    await travel(ann, bob);
    expect([bob.stage(), bob.call.roomName]).toEqual(['call', 'Call with Ann']);
  });
});
