import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../logger.js';
import { FakeClock } from '../../testing/FakeClock.js';
import { IceServers } from './IceServers.js';

const stun = { urls: 'stun:stun.example.com' };
const turn = (credential: string) => ({ urls: ['turn:turn.example.com'], username: 'u', credential });

function setup(joined: RTCIceServer[]) {
  const clock = new FakeClock();
  const asked: string[] = [];
  let fails = false;
  const servers = new IceServers(joined, {
    platform: { now: clock.now },
    logger: silentLogger,
    ask: () => {
      const name = `new ${String(asked.length + 1)}`;
      asked.push(name);
      return fails ? Promise.reject(new Error('no')) : Promise.resolve([turn(name)]);
    },
  });
  const fail = (value: boolean) => {
    fails = value;
  };
  return { clock, asked, servers, fail };
}

describe('IceServers', () => {
  it('asks when those that are known are too old, once for all who want new ones', async () => {
    const { clock, asked, servers } = setup([turn('old')]);
    await clock.advance(99);
    expect(servers.renew(100)).toBeUndefined();
    await clock.advance(1);
    await Promise.all([servers.renew(100), servers.renew(100)]);
    expect([servers.known, asked]).toEqual([[turn('new 1')], ['new 1']]);
    expect(servers.renew(1)).toBeUndefined();
  });

  it('has nothing to ask for where nothing expires', async () => {
    const { clock, asked, servers } = setup([stun]);
    await clock.advance(1e6);
    expect([servers.renew(0), servers.hasRelay, asked]).toEqual([undefined, false, []]);
  });

  it('keeps what it knows where there is nothing new, and asks again the next time', async () => {
    const { clock, asked, servers, fail } = setup([turn('old')]);
    await clock.advance(100);
    fail(true);
    await servers.renew(100);
    expect([servers.known, servers.hasRelay]).toEqual([[turn('old')], true]);
    fail(false);
    await servers.renew(100);
    expect([servers.known, asked.length]).toEqual([[turn('new 2')], 2]);
  });
});
