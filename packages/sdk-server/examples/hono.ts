import { serve, type ServerType } from '@hono/node-server';
import { createParlor } from '@parlor/sdk-server';
import { attachParlor, parlorHono } from '@parlor/sdk-server/hono';
import { Hono } from 'hono';

/** A Hono app on Node with rooms in it. */
export async function start(jwtSecret: string, port: number): Promise<ServerType> {
  const parlor = await createParlor({ access: { jwtSecret } });
  const app = new Hono();
  app.use(parlorHono(parlor));
  const server = serve({ fetch: app.fetch, port });
  attachParlor(server, parlor);
  return server;
}
