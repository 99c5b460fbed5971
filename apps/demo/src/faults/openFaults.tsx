import type { Platform, RoomLike } from '@parlor/sdk-client';
import { render } from 'preact';
import { FaultKit } from './FaultKit.js';
import { FaultPanel } from './FaultPanel.js';
import './faults.css';
import { VideoWatch } from './VideoWatch.js';

export interface FaultTools {
  /** For everything that is to be disturbed. */
  readonly platform: Platform;
  /** Shows the panel beside the page. */
  readonly show: (room: RoomLike) => void;
}

/** Call it before anything connects. */
export const openFaults = (): FaultTools => {
  const kit = new FaultKit();
  return {
    platform: kit.platform,
    show: (room) => {
      kit.follow(room);
      const host = document.createElement('div');
      host.className = 'faults-host';
      document.body.classList.add('has-faults');
      document.body.append(host);
      render(<FaultPanel kit={kit} watch={new VideoWatch(room)} />, host);
    },
  };
};
