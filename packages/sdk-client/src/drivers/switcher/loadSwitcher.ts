import type { Topology } from '../../types.js';
import type { DriverFactory } from '../MediaDriver.js';
import { Switcher } from './Switcher.js';

/** Drivers for what a page wants. What carries P2P rooms is loaded only for who may be in one. */
export async function loadSwitcher(topology: Topology | 'auto', sfu: DriverFactory): Promise<DriverFactory> {
  const mesh = topology === 'sfu' ? undefined : await import('../mesh/MeshDriver.js');
  const drivers = { ...(mesh && { p2p: mesh.meshDriver }), ...(topology === 'p2p' ? {} : { sfu }) };
  return (context) => new Switcher(context, { topology, drivers });
}
