import type { RoomOptions } from '@parlor/sdk-client';
import { createFakeDrivers, FakePlatform, MemoryServer, settle } from '@parlor/sdk-client/testing';
import { describe, expect, it } from 'vitest';
import { Call } from './Call.js';
import type { CallState } from './callState.js';

interface Guest {
  readonly call: Call;
  readonly platform: FakePlatform;
  readonly state: () => CallState;
  readonly names: () => string[];
}

const guest = (server: MemoryServer, peerId: string): Guest => {
  const platform = new FakePlatform();
  const options: RoomOptions = {
    peerId,
    platform,
    driver: createFakeDrivers().factory,
    channel: server.channel,
  };
  const call = new Call(options);
  const state = () => call.store.state.value;
  return { call, platform, state, names: () => state().people.map(({ name }) => name) };
};

const request = (name: string) => ({ server: 'wss://parlor.example', room: 'tea', name, token: undefined });

const joined = async (server: MemoryServer, name: string): Promise<Guest> => {
  const one = guest(server, name.toLowerCase());
  await one.call.join(request(name));
  await settle();
  return one;
};

/** Lets messages arrive and what they start run. */
const travel = async (...guests: Guest[]): Promise<void> => {
  await settle();
  for (const { platform } of guests) await platform.clock.advance(0);
  await settle();
};

describe('Call', () => {
  it('shows the preview before joining, and takes it into the call', async () => {
    const server = new MemoryServer();
    const ann = guest(server, 'ann');
    await ann.call.openDevices();
    expect(ann.state()).toMatchObject({ stage: 'lobby', openingDevices: false, deviceErrors: {} });
    expect(ann.state().people[0]).toMatchObject({ isLocal: true, micOn: true });
    const preview = ann.state().people[0]?.camera;
    expect(preview).toBeDefined();
    await ann.call.join(request('Ann'));
    expect(ann.state()).toMatchObject({ stage: 'call', joining: false, topology: 'sfu' });
    expect(ann.state().people[0]?.camera).toBe(preview);
  });

  it('follows who comes, switches off, and leaves', async () => {
    const server = new MemoryServer();
    const ann = await joined(server, 'Ann');
    const bob = await joined(server, 'Bob');
    expect(ann.names()).toEqual(['Ann', 'Bob']);
    expect(bob.names()).toEqual(['Bob', 'Ann']);

    await bob.call.toggleCamera();
    await travel(ann, bob);
    expect(ann.state().people[1]?.camera).toBeDefined();
    await bob.call.toggleCamera();
    await travel(ann, bob);
    expect(ann.state().people[1]?.camera).toBeUndefined();
    expect(bob.platform.mediaDevices.live).toEqual([]);

    await bob.call.leave();
    await travel(ann, bob);
    expect(bob.state()).toMatchObject({ stage: 'left', endedBecause: undefined });
    expect(ann.names()).toEqual(['Ann']);
    expect(ann.state().announcement.text).toBe('Bob left.');
  });

  it('carries chat to the others and shows one’s own', async () => {
    const server = new MemoryServer();
    const ann = await joined(server, 'Ann');
    const bob = await joined(server, 'Bob');
    expect(await ann.call.sendChat('  hello  ')).toBe(true);
    await settle();
    expect(ann.state().messages).toMatchObject([{ own: true, text: 'hello', fromName: 'Ann' }]);
    expect(bob.state().messages).toMatchObject([{ own: false, text: 'hello', fromName: 'Ann' }]);
    expect(bob.state().unread).toBe(1);
  });

  it('keeps the text of a message that could not be sent', async () => {
    const server = new MemoryServer();
    const ann = await joined(server, 'Ann');
    server.refuseRequests('sendMessage', 'RATE_LIMITED', 429);
    expect(await ann.call.sendChat('hello')).toBe(false);
    expect(ann.state().messages).toEqual([]);
    expect(ann.state().toasts[0]?.text).toContain('too fast');
  });

  it('stays in the lobby when refused, and says the code to the page', async () => {
    const server = new MemoryServer();
    server.refuseNext('UNAUTHORIZED', 401);
    const ann = guest(server, 'ann');
    await expect(ann.call.join(request('Ann'))).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    expect(ann.state()).toMatchObject({ stage: 'lobby', joining: false });
  });

  it('shows a lost connection and its repair, with the same people', async () => {
    const server = new MemoryServer();
    const ann = await joined(server, 'Ann');
    const bob = await joined(server, 'Bob');
    server.down();
    await settle();
    expect(ann.state()).toMatchObject({ stage: 'call', reconnecting: true });
    expect(ann.names()).toEqual(['Ann', 'Bob']);
    server.up();
    for (const { platform } of [ann, bob]) await platform.clock.advance(60_000);
    await settle();
    expect(ann.state().reconnecting).toBe(false);
    expect(ann.names()).toEqual(['Ann', 'Bob']);
  });

  it('says why it was put out, and rejoins with the devices that were on', async () => {
    const server = new MemoryServer();
    const ann = await joined(server, 'Ann');
    await ann.call.toggleMicrophone();
    server.remove('tea', 'ann');
    await settle();
    expect(ann.state()).toMatchObject({ stage: 'left', endedBecause: 'You were removed from the call.' });
    expect(ann.platform.mediaDevices.live).toEqual([]);
    await ann.call.rejoin();
    expect(ann.state()).toMatchObject({ stage: 'call', endedBecause: undefined });
    expect(ann.state().people[0]).toMatchObject({ micOn: true, camera: undefined });
  });
});
