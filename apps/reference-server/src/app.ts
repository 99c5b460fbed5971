import type { Logger, Parlor } from '@parlor/sdk-server';
import { parlorFastify } from '@parlor/sdk-server/fastify';
import Fastify, { type FastifyError, type FastifyInstance } from 'fastify';
import type { Config } from './config.js';
import { serveDemo } from './demo.js';
import { serveDocs } from './docs.js';
import { serveSocketIo } from './socketIo.js';

export interface AppParts {
  config: Pick<Config, 'tls'>;
  parlor: Parlor;
  logger: Logger;
}

/** The web server, not listening yet. It logs by itself: what Fastify would log of a request has its token in it. */
export async function buildApp({ config, parlor, logger }: AppParts): Promise<FastifyInstance> {
  const app = config.tls
    ? // Fastify types servers by their class; whether there is TLS in front makes no difference to the routes.
      (Fastify({ https: config.tls }) as unknown as FastifyInstance)
    : Fastify();
  await app.register(parlorFastify, { parlor });
  serveSocketIo(app, parlor);
  await serveDocs(app, parlor);
  await serveDemo(app);
  app.setNotFoundHandler((_request, reply) =>
    reply.code(404).send({ error: 'NOT_FOUND', message: 'there is nothing at this address' }),
  );
  app.setErrorHandler((error: FastifyError, request, reply) => {
    const { statusCode = 500 } = error;
    if (statusCode < 500)
      return reply.code(statusCode).send({ error: 'BAD_REQUEST', message: error.message });
    logger.error({ err: error, method: request.method, path: request.url.split('?')[0] }, 'request failed');
    return reply.code(500).send({ error: 'INTERNAL', message: 'the server failed; its log has the details' });
  });
  return app;
}
