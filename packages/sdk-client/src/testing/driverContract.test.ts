import { describe, it } from 'vitest';
import { createFakeDrivers } from '../drivers/fake/FakeDriver.js';
import { contractInMemory } from './driverContract.js';
import { FakeMediaStreamTrack } from './fakeMedia.js';
import { FakePlatform } from './FakePlatform.js';
import { MemoryServer } from './MemoryServer.js';
import { sessionHarness } from './sessionHarness.js';

describe('FakeDriver keeps the contract', () => {
  it.each(contractInMemory)('$name', async ({ run }) => {
    const harness = sessionHarness({
      url: 'wss://memory',
      roomId: 'contract',
      driver: createFakeDrivers().factory,
      channel: new MemoryServer().channel,
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
