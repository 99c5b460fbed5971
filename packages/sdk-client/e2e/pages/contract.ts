import { driverContract, meshDriver, sessionHarness, sfuDriver } from '../../src/testing/index.js';
import { colourTrack } from './colours.js';
import { toneTrack } from './tones.js';

const DRIVERS = { sfu: sfuDriver, p2p: meshDriver };

declare global {
  interface Window {
    contract: {
      readonly names: readonly string[];
      run(name: string, topology: keyof typeof DRIVERS, url: string): Promise<void>;
    };
  }
}

window.contract = {
  names: driverContract.map(({ name }) => name),
  async run(name, topology, url) {
    const harness = sessionHarness({
      url,
      roomId: `${topology} ${name}`,
      driver: DRIVERS[topology],
      createTrack: (kind) =>
        kind === 'audio' ? toneTrack(500) : colourTrack([220, 30, 30], { width: 320, height: 180 }),
      play: (track) => {
        const element = document.createElement('audio');
        element.autoplay = true;
        element.srcObject = new MediaStream([track]);
        document.body.append(element);
      },
    });
    try {
      await driverContract.find((each) => each.name === name)?.run(harness);
    } finally {
      harness.close();
    }
  },
};
