import { serve } from '@hono/node-server';
import express from 'express';
import Fastify from 'fastify';
import { Hono } from 'hono';
import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { describe, it } from 'vitest';
import type { Parlor } from '../parlor.js';
import { adapterContract, type AdapterHost, type StartAdapterHost } from '../testing/adapterContract.js';
import { parlorExpress } from './express.js';
import { parlorFastify } from './fastify.js';
import { parlorHono } from './hono.js';
import { attachParlor, parlorNode } from './node.js';

async function running(server: Server): Promise<AdapterHost> {
  if (!server.listening) await once(server.listen(0, '127.0.0.1'), 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${String(port)}`,
    server,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

const plainHost: RequestListener = (req, res) => {
  if (req.url !== '/host') {
    res.writeHead(404).end('not here');
    return;
  }
  if (req.method === 'GET') res.end('host');
  else void text(req).then((body) => res.end(body));
};

async function expressHost(parlor: Parlor, place: 'before' | 'after'): Promise<AdapterHost> {
  const app = express();
  if (place === 'before') app.use(parlorExpress(parlor));
  app.use(express.json());
  if (place === 'after') app.use(parlorExpress(parlor));
  app.get('/host', (_req, res) => {
    res.send('host');
  });
  app.post('/host', (req, res) => {
    res.json(req.body);
  });
  app.use((_req, res) => {
    res.status(404).send('not here');
  });
  const server = createServer(app);
  attachParlor(server, parlor);
  return running(server);
}

const hosts: Record<string, StartAdapterHost> = {
  async node(parlor) {
    const server = createServer(parlorNode({ parlor, next: plainHost }));
    attachParlor(server, parlor);
    return running(server);
  },

  async fastify(parlor) {
    const fastify = Fastify();
    await fastify.register(parlorFastify, { parlor });
    fastify.get('/host', () => 'host');
    fastify.post('/host', (request) => request.body);
    fastify.setNotFoundHandler((_request, reply) => reply.code(404).send('not here'));
    await fastify.listen({ port: 0, host: '127.0.0.1' });
    const { url, server } = await running(fastify.server);
    return { url, server, close: () => fastify.close() };
  },

  express: (parlor) => expressHost(parlor, 'before'),
  'express after a body parser': (parlor) => expressHost(parlor, 'after'),

  async hono(parlor) {
    const app = new Hono();
    app.use(parlorHono(parlor));
    app.get('/host', (context) => context.text('host'));
    app.post('/host', async (context) => context.json(await context.req.json()));
    app.notFound((context) => context.text('not here', 404));
    const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }) as Server;
    await once(server, 'listening');
    attachParlor(server, parlor);
    return running(server);
  },
};

describe.each(Object.entries(hosts))('%s adapter', (_name, start) => {
  it.each(adapterContract.map((c) => [c.name, c] as const))('%s', async (_case, { run }) => {
    await run(start);
  });
});
