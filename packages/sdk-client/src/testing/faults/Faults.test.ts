import { describe, expect, it } from 'vitest';
import { FakeWebSocket } from '../../test/FakeWebSocket.js';
import { newest } from '../../test/kit.js';
import type { WebSocketLike } from '../../platform.js';
import { settle } from '../FakeClock.js';
import { FakePlatform } from '../FakePlatform.js';
import { Faults } from './Faults.js';

/** A socket as the SDK would open it, the one behind it, and what it tells. */
function open() {
  const sockets: FakeWebSocket[] = [];
  const platform = new FakePlatform();
  platform.createWebSocket = (url, protocols) => {
    const socket = new FakeWebSocket(url, protocols);
    sockets.push(socket);
    return socket;
  };
  const faults = new Faults(platform);
  const told: unknown[] = [];
  const connect = (): WebSocketLike => {
    const socket = faults.platform.createWebSocket('wss://server', 'protoo');
    socket.addEventListener('open', () => told.push('open'));
    socket.addEventListener('message', ({ data }) => told.push(data));
    socket.addEventListener('close', ({ code }) => told.push(code));
    return socket;
  };
  const socket = connect();
  const real = newest(sockets);
  real.open();
  return { faults, platform, socket, real, told, connect, sockets };
}

describe('a socket with faults', () => {
  it('has none unless they are asked for', async () => {
    const { socket, real, told } = open();
    socket.send('{"a":1}');
    real.receive('b');
    await settle();
    expect(real.sent).toEqual([{ a: 1 }]);
    real.drop(4001);
    await settle();
    expect(told).toEqual(['open', 'b', 4001]);
  });

  it('loses messages each way', async () => {
    const { faults, socket, real, told } = open();
    faults.signalling({ toServer: { drop: 1 } });
    socket.send('{"a":1}');
    real.receive('b');
    faults.signalling({ toClient: { drop: 1 } });
    socket.send('{"c":1}');
    real.receive('d');
    await settle();
    expect(real.sent).toEqual([{ c: 1 }]);
    expect(told).toEqual(['open', 'b']);
  });

  it('doubles and delays messages, and keeps their order', async () => {
    const { faults, platform, real, told } = open();
    faults.signalling({ toClient: { duplicate: 1, delayMs: 100 } });
    real.receive('a');
    faults.signalling();
    real.receive('b');
    await platform.clock.advance(99);
    expect(told).toEqual(['open']);
    await platform.clock.advance(1);
    expect(told).toEqual(['open', 'a', 'a', 'b']);
  });

  it('breaks without a goodbye, and says nothing after that', async () => {
    const { faults, real, told } = open();
    faults.cutSockets();
    expect(real.closedWith).toBeDefined();
    real.receive('late');
    real.drop(1000);
    await settle();
    expect(told).toEqual(['open', 1006]);
  });

  it('does not open while the server is down', async () => {
    const { faults, told, connect, sockets } = open();
    faults.setDown(true);
    connect();
    await settle();
    expect(told).toEqual(['open', 1006, 1006]);
    expect(sockets).toHaveLength(1);
    await expect(
      faults.platform.fetch('https://server', { method: 'GET', signal: AbortSignal.abort() }),
    ).rejects.toThrow('on purpose');
    faults.clear();
    connect();
    expect(sockets).toHaveLength(2);
  });
});

it('says where media cannot be disturbed', () => {
  expect(() => {
    new Faults(new FakePlatform()).install();
  }).toThrow('RTCRtpScriptTransform');
});
