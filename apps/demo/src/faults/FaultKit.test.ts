import type { Platform } from '@parlor/sdk-client';
import { FakePlatform, Faults, settle } from '@parlor/sdk-client/testing';
import { describe, expect, it } from 'vitest';
import { FaultKit } from './FaultKit.js';

type WebSocketLike = ReturnType<Platform['createWebSocket']>;

/** The far end of a socket: what it got, and how to say something. */
const kitWithSocket = () => {
  const got: string[] = [];
  const listeners = new Map<string, (event: never) => void>();
  const far: WebSocketLike = {
    addEventListener: (type: string, listener: (event: never) => void) => listeners.set(type, listener),
    send: (data) => got.push(data),
    close: () => {},
  };
  const platform = new FakePlatform();
  platform.createWebSocket = () => far;
  const time = { now: 1000 };
  const kit = new FaultKit(new Faults(platform), () => time.now);
  const told: unknown[] = [];
  const open = (): WebSocketLike => {
    const socket = kit.platform.createWebSocket('wss://server', 'protoo');
    socket.addEventListener('message', ({ data }) => told.push(data));
    socket.addEventListener('close', ({ code }) => told.push(code));
    return socket;
  };
  const say = (data: string) => listeners.get('message')?.({ data } as never);
  return { kit, open, say, got, told, platform, time };
};

describe('FaultKit', () => {
  it('says why media cannot be disturbed where it cannot', () => {
    expect(kitWithSocket().kit.mediaProblem).toContain('RTCRtpScriptTransform');
  });

  it('mutes sockets and lets them speak again', async () => {
    const { kit, open, say, got, told } = kitWithSocket();
    const socket = open();
    kit.set({ muted: true });
    socket.send('a');
    say('b');
    await settle();
    expect([got, told]).toEqual([[], []]);
    kit.clear();
    socket.send('c');
    say('d');
    await settle();
    expect([got, told]).toEqual([['c'], ['d']]);
  });

  it('cuts sockets once when the server goes down, and opens none until it is up', async () => {
    const { kit, open, told, got } = kitWithSocket();
    open();
    kit.set({ serverDown: true });
    kit.set({ messageDelay: 50 });
    open();
    await settle();
    expect(told).toEqual([1006, 1006]);
    kit.clear();
    open().send('hello');
    await settle();
    expect(got).toEqual(['hello']);
  });

  it('counts what is set', () => {
    const { kit } = kitWithSocket();
    kit.set({ messagesLost: 20 });
    kit.set({ iceFails: true });
    expect(kit.active.value).toBe(2);
    kit.clear();
    expect(kit.active.value).toBe(0);
  });

  it('writes down what was done and when', async () => {
    const { kit, open, told, time } = kitWithSocket();
    open();
    time.now = 3500;
    kit.cut();
    await settle();
    expect(told).toEqual([1006]);
    expect(kit.log.value).toMatchObject([{ at: 2500, kind: 'cause', event: undefined, text: 'Socket cut' }]);
  });
});
