import { createIceServers } from '../iceServers.js';

/** Watches the servers named, and has nothing else to do. */
const ice = createIceServers({
  turnServers: process.argv.slice(2).map((urls) => ({ urls, secret: 's' })),
  turnProbe: { intervalMs: 100 },
});
ice.start();
process.stdout.write('watching\n');
