import fastifySwagger, { type StaticDocumentSpec } from '@fastify/swagger';
import fastifySwaggerUi from '@fastify/swagger-ui';
import type { Parlor } from '@parlor/sdk-server';
import type { FastifyInstance } from 'fastify';
import { PAGE_HEADERS } from './pageHeaders.js';

/** The OpenAPI document as a page, at `/docs`: all of it comes from here. */
export async function serveDocs(app: FastifyInstance, parlor: Parlor): Promise<void> {
  const response = await parlor.handleRequest(new Request('http://localhost/openapi.json'));
  if (!response) throw new Error('Parlor has no OpenAPI document');
  const specification = { document: await response.json() } as StaticDocumentSpec;
  await app.register(async (scope) => {
    scope.addHook('onSend', async (_request, reply) => {
      reply.headers({ ...PAGE_HEADERS, 'cache-control': 'no-cache' });
    });
    await scope.register(fastifySwagger, { mode: 'static', specification });
    await scope.register(fastifySwaggerUi, {
      routePrefix: '/docs',
      uiConfig: { deepLinking: true, tryItOutEnabled: true },
      theme: {
        title: 'Parlor: HTTP routes',
        // A field for the address of another document, and a logo that is not ours.
        css: [{ filename: 'theme.css', content: '.swagger-ui .topbar { display: none }' }],
      },
    });
  });
}
