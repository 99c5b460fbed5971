import type { FastifyInstance, FastifyPluginAsync, FastifyReply } from 'fastify';
import type { Parlor } from '../parlor.js';
import { attachParlor } from './node.js';
import { askParlor, toNodeBody } from './nodeRequest.js';

export interface ParlorFastifyOptions {
  parlor: Parlor;
}

/**
 * Plugin for Fastify 4 and 5: `await fastify.register(parlorFastify, { parlor })` on the root instance. Closing
 * the server closes Parlor.
 *
 * A hook and not routes: a wildcard route would collide with one of the host's, and its 404 would hide the host's.
 * The hook runs before any body parser, so no content type parser is touched either, and hands on whatever is
 * not Parlor's. Hooks that the host has added before see Parlor's requests too, and its `onSend` hooks the answers.
 */
export const parlorFastify: FastifyPluginAsync<ParlorFastifyOptions> = Object.assign(plugin, {
  // The hook is for the whole server (fastify.dev/docs/latest/Reference/Plugins, "Handle the scope").
  [Symbol.for('skip-override')]: true,
  [Symbol.for('fastify.display-name')]: 'parlor',
});

async function plugin(fastify: FastifyInstance, { parlor }: ParlorFastifyOptions): Promise<void> {
  if (fastify.prefix !== '') {
    throw new Error(
      `Register parlorFastify on the root instance, not below ${fastify.prefix}: the basePath option of createParlor gives it a path`,
    );
  }

  // With a callback, which is not called for what is Parlor's: Fastify takes a promise that resolves after the client of
  // a stream has gone for a request that nobody has answered, and asks the host's routes.
  fastify.addHook('onRequest', (request, reply, done) => {
    askParlor(parlor, request.raw, reply.raw)
      .then((response) => {
        if (response) answer(response, reply);
        else done();
      })
      .catch(done);
  });

  // Not earlier: who comes while the server closes is refused, where another listener might leave him without a word.
  fastify.server.once('close', attachParlor(fastify.server, parlor));
  // `onClose` is too late: a server waits for its WebSockets to end before it calls that.
  fastify.addHook('preClose', () => parlor.close());
}

function answer(response: Response, reply: FastifyReply): void {
  reply.code(response.status);
  for (const [name, value] of response.headers) reply.header(name, value);
  reply.send(toNodeBody(response) ?? undefined);
}
