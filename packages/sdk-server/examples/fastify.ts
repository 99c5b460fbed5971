import { createParlor } from '@parlor/sdk-server';
import { parlorFastify } from '@parlor/sdk-server/fastify';
import Fastify, { type FastifyInstance } from 'fastify';

/** A Fastify server with rooms in it. Closing the server closes Parlor. */
export async function start(jwtSecret: string, port: number): Promise<FastifyInstance> {
  const fastify = Fastify();
  const parlor = await createParlor({ access: { jwtSecret } });
  await fastify.register(parlorFastify, { parlor });
  await fastify.listen({ port });
  return fastify;
}
