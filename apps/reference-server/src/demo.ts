import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PAGE_HEADERS } from './pageHeaders.js';

/** Where the build of the demo is, seen from this file and from the built server alike. */
export const DEMO_FOLDER = fileURLToPath(new URL('../../demo/dist', import.meta.url));

const NOT_BUILT = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Parlor</title>
<h1>The demo is not built</h1>
<p>The server runs, but its demo page was never built. Run <code>npm run build</code>, or <code>npm start</code>,
in the repository, then load this page again.</p>
`;

/** The demo at `/demo/`, and the way there for a browser that opens `/`. */
export async function serveDemo(app: FastifyInstance, folder = DEMO_FOLDER): Promise<void> {
  app.get('/', (request, reply) => {
    if (request.headers.accept?.includes('text/html')) return reply.redirect('/demo/');
    reply.callNotFound();
    return reply;
  });
  if (!existsSync(join(folder, 'index.html'))) {
    app.get('/demo', (_request, reply) => notBuilt(reply));
    app.get('/demo/*', (_request, reply) => notBuilt(reply));
    return;
  }
  app.get('/demo', (_request, reply) => reply.redirect('/demo/'));
  await app.register(fastifyStatic, {
    root: folder,
    prefix: '/demo/',
    decorateReply: false,
    cacheControl: false,
    setHeaders(reply, path) {
      // Vite puts a hash of the content into the name of everything below `assets`.
      const hashed = path.startsWith(join(folder, 'assets'));
      reply.headers({
        ...PAGE_HEADERS,
        'cache-control': hashed ? 'public, max-age=31536000, immutable' : 'no-cache',
      });
    },
  });
}

const notBuilt = (reply: FastifyReply) =>
  reply
    .code(404)
    .headers(PAGE_HEADERS)
    .header('cache-control', 'no-store')
    .type('text/html; charset=utf-8')
    .send(NOT_BUILT);
