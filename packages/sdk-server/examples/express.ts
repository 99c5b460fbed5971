import { createParlor } from '@parlor/sdk-server';
import { attachParlor, parlorExpress } from '@parlor/sdk-server/express';
import express from 'express';
import type { Server } from 'node:http';

/** An Express app with rooms in it. */
export async function start(jwtSecret: string, port: number): Promise<Server> {
  const parlor = await createParlor({ access: { jwtSecret } });
  const app = express();
  app.use(parlorExpress(parlor));
  const server = app.listen(port);
  attachParlor(server, parlor);
  return server;
}
