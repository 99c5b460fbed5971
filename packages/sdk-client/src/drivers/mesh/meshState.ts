import type { DriverState } from '../MediaDriver.js';

/** One pair that is down is being repaired; nobody to talk to is no trouble. */
export function meshState(states: readonly RTCPeerConnectionState[]): DriverState {
  if (states.some((state) => state === 'disconnected' || state === 'failed')) return 'disconnected';
  return states.length === 0 || states.includes('connected') ? 'connected' : 'connecting';
}
