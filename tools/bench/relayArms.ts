import type { RelayAddress, RelayServerMethods } from './arms/relayServer.js';
import { ArmProcess } from './harness/ArmProcess.js';
import type { RelayWire } from './signalling/RelayClient.js';

/** A server that passes signals on, and how its clients talk to it. */
export interface RelayArm {
  source: string;
  wire: RelayWire;
}

export const PARLOR: RelayArm = { source: 'arms/relayParlor.ts', wire: 'protoo' };
export const PEER_SIGNAL: RelayArm = { source: 'arms/relayParlor.ts', wire: 'peerSignal' };
export const PEER_JS: RelayArm = { source: 'arms/relayPeerJs.ts', wire: 'peerJs' };
export const SOCKET_IO: RelayArm = { source: 'arms/relaySocketIo.ts', wire: 'socketIo' };

export interface OpenRelay {
  process: ArmProcess<RelayServerMethods>;
  wire: RelayWire;
  address: RelayAddress;
}

export async function opened({ source, wire }: RelayArm): Promise<OpenRelay> {
  const process = await ArmProcess.start<RelayServerMethods>(source);
  return { process, wire, address: await process.call('open', {}) };
}
