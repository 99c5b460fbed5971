import { describe, expect, it, vi } from 'vitest';
import { newest, until } from '../../test/kit.js';
import { alone, outgoing } from '../../test/sfuDriver.js';
import { DISCONNECTED_LIMIT, RESTART_LIMIT } from './SfuTransport.js';

// A server that was deployed anew may not have the file any more.
vi.mock('./keeper/Keeper.js', () => {
  throw new Error('404');
});

describe('a path whose keeper cannot be loaded', () => {
  /** Publishes something, so that the send transport is in use and up. */
  async function up() {
    const setup = await alone();
    const states: string[] = [];
    setup.driver.on('stateChanged', (state) => states.push(state));
    setup.answers['produce'] = { producerId: 'p' };
    await setup.driver.publish(outgoing('audio'));
    setup.send.setConnectionState('connected');
    await until(() => setup.driver.state === 'connected');
    const restarts = () => setup.methods().filter((method) => method === 'restartIce').length;
    return { ...setup, states, restarts };
  }

  const iceParameters = { usernameFragment: 'u', password: 'p' };

  it('that failed is repaired by an ICE restart', async () => {
    const { send, states, restarts, requests, platform } = await up();
    send.setConnectionState('failed');
    expect(restarts()).toBe(1);
    expect(newest(requests).data).toEqual({ transportId: 'send', iceServers: true });
    newest(requests).answer({ iceParameters });
    await until(() => true);
    send.setConnectionState('connected');
    await platform.clock.advance(60_000);
    expect(states).toEqual(['connecting', 'connected', 'disconnected', 'connected']);
    expect(platform.held.timers).toBe(0);
  });

  it('that stays disconnected is not waited for as long as browsers do', async () => {
    const { send, restarts, platform } = await up();
    send.setConnectionState('disconnected');
    await platform.clock.advance(DISCONNECTED_LIMIT - 1);
    expect(restarts()).toBe(0);
    await platform.clock.advance(1);
    expect(restarts()).toBe(1);
  });

  it('that comes back by itself is left alone', async () => {
    const { send, restarts, platform } = await up();
    send.setConnectionState('disconnected');
    send.setConnectionState('connected');
    await platform.clock.advance(60_000);
    expect(restarts()).toBe(0);
  });

  it('that a restart does not help has failed', async () => {
    const { driver, send, states, requests, platform } = await up();
    const errors: string[] = [];
    driver.on('error', ({ code }) => errors.push(code));
    send.setConnectionState('failed');
    newest(requests).answer({ iceParameters });
    await platform.clock.advance(RESTART_LIMIT);
    expect(states.at(-1)).toBe('failed');
    expect(errors).toEqual(['TRANSPORT_FAILED']);
  });

  it('that a restart does not help says what was wrong with TURN, until the path has stood', async () => {
    const { driver, send, requests, platform } = await up();
    const errors: string[] = [];
    driver.on('error', ({ code }) => errors.push(code));
    const refused = { url: 'turn:a.test', errorCode: 486, errorText: 'Allocation Quota Reached' };
    send.emit('@icecandidateerror', refused as RTCPeerConnectionIceErrorEvent);
    send.setConnectionState('connected');
    send.emit('@icecandidateerror', { ...refused, errorCode: 401 } as RTCPeerConnectionIceErrorEvent);
    send.setConnectionState('failed');
    newest(requests).answer({ iceParameters });
    await platform.clock.advance(RESTART_LIMIT);
    expect(errors).toEqual(['TURN_UNAUTHORIZED']);
  });
});
