import { describe, it } from 'vitest';
import { FakeSfu } from '../../test/FakeSfu.js';
import { contractInMemory } from '../../testing/driverContract.js';
import {
  createFakeDrivers,
  FakeMediaStreamTrack,
  FakePlatform,
  MemoryServer,
  sessionHarness,
} from '../../testing/index.js';
import { meshDriver } from '../mesh/MeshDriver.js';
import { Switcher, type SwitcherOptions } from './Switcher.js';

const sfu = new FakeSfu();

const OVER: Record<string, SwitcherOptions> = {
  FakeDriver: { topology: 'sfu', drivers: { sfu: createFakeDrivers().factory } },
  SfuDriver: { topology: 'sfu', drivers: { sfu: sfu.driver } },
  MeshDriver: { topology: 'p2p', drivers: { p2p: meshDriver } },
  'either of them': { topology: 'auto', drivers: { sfu: sfu.driver, p2p: meshDriver } },
};

describe.each(Object.entries(OVER))('Switcher over %s keeps the contract', (_name, options) => {
  it.each(contractInMemory)('$name', async ({ run }) => {
    const harness = sessionHarness({
      url: 'wss://memory',
      roomId: 'contract',
      driver: (context) => new Switcher(context, options),
      channel: new MemoryServer(sfu.media).channel,
      platform: new FakePlatform(),
      createTrack: (kind) => new FakeMediaStreamTrack({ kind }),
    });
    try {
      await run(harness);
    } finally {
      harness.close();
    }
  });
});
