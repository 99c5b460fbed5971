import { createParlor } from '@parlor/sdk-server';
import { attachParlor, parlorNode } from '@parlor/sdk-server/node';
import { createServer, type Server } from 'node:http';

/** Plain node:http with rooms in it. */
export async function start(jwtSecret: string, port: number): Promise<Server> {
  const parlor = await createParlor({ access: { jwtSecret } });
  const server = createServer(parlorNode({ parlor }));
  attachParlor(server, parlor);
  return server.listen(port);
}
