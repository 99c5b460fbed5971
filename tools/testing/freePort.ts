import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';

/** A port that is free for TCP and UDP, on every address. */
export async function freePort(): Promise<number> {
  const tcp = createServer().listen(0);
  await once(tcp, 'listening');
  const { port } = tcp.address() as AddressInfo;
  const udp = createSocket('udp4');
  try {
    await new Promise<void>((resolve, reject) => {
      udp.once('error', reject).bind(port, resolve);
    });
    return port;
  } finally {
    udp.close();
    tcp.close();
    await once(tcp, 'close');
  }
}
