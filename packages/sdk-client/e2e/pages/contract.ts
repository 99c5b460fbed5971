import { driverContract, sessionHarness, sfuDriver } from '../../src/testing/index.js';
import { colourTrack } from './colours.js';
import { toneTrack } from './tones.js';

declare global {
  interface Window {
    contract: {
      readonly names: readonly string[];
      run(name: string, url: string): Promise<void>;
    };
  }
}

window.contract = {
  names: driverContract.map(({ name }) => name),
  async run(name, url) {
    const harness = sessionHarness({
      url,
      roomId: name,
      driver: sfuDriver,
      createTrack: (kind) =>
        kind === 'audio' ? toneTrack(500) : colourTrack([220, 30, 30], { width: 320, height: 180 }),
    });
    try {
      await driverContract.find((each) => each.name === name)?.run(harness);
    } finally {
      harness.close();
    }
  },
};
