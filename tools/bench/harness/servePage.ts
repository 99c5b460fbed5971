import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { compilePage } from './compile.js';

/** A page that is nothing but one script. */
export async function servePage(source: string): Promise<{ url: string; close: () => void }> {
  const script = await compilePage(source);
  const html = `<!doctype html><meta charset="utf-8"><title>bench</title><body><script>${script.replaceAll('</script', '<\\/script')}</script>`;
  const server = createServer((_request, response) => {
    response.writeHead(200, { 'content-type': 'text/html' }).end(html);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${String(port)}/`, close: () => server.close() };
}
