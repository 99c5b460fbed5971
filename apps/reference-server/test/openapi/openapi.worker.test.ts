import { createToken } from '@parlor/sdk-server';
import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket } from 'ws';
import type { RunningServer } from '../../src/server.js';
import { startLocalServer } from '../support/startLocalServer.js';
import { jsonSchemaOf, OpenApiDocument, variations, type Operation } from './document.js';
import { STEPS, type Known, type Step } from './steps.js';

/** The server does what its OpenAPI document says, on every route. */

const PARLOR_JWT_SECRET = 'a secret that is long enough for HS256';
const STACK_TEXT = /\n\s+at |\bat \S+ \(|node_modules|\.[tj]s:\d+/;
/** Guessing passwords is slowed down: many wrong bodies would be too many guesses. */
const MAX_VARIATIONS = 60;

let server: RunningServer;
let document: OpenApiDocument;
const tokens: Record<Step['as'], string | undefined> = { alice: undefined, bob: undefined, guest: undefined };
const known: Known = {};

beforeAll(async () => {
  server = await startLocalServer({ PARLOR_JWT_SECRET });
  for (const name of ['alice', 'bob'] as const)
    tokens[name] = await createToken({ sub: name }, PARLOR_JWT_SECRET);
  const response = await fetch(`${server.url}/openapi.json`);
  document = new OpenApiDocument((await response.json()) as ConstructorParameters<typeof OpenApiDocument>[0]);
});
afterAll(() => server.close());

const isSocket = ({ responses }: Operation) => '101' in responses;
const successOf = ({ responses }: Operation): number =>
  Number(Object.keys(responses).find((status) => Number(status) < 400));

function urlOf({ path }: Operation, { params, query }: Step): string {
  const given = params?.(known) ?? {};
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(given[name] ?? 'missing'),
  );
  const search = new URLSearchParams(query?.(known)).toString();
  return `${server.url}${filled}${search === '' ? '' : `?${search}`}`;
}

interface Sent {
  token?: string | undefined;
  body?: string | undefined;
}

function send(operation: Operation, step: Step, { token, body }: Sent): Promise<Response> {
  const [contentType = 'application/json'] = Object.keys(operation.requestBody?.content ?? {});
  return fetch(urlOf(operation, step), {
    method: operation.method,
    headers: {
      'accept-language': 'en',
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(body !== undefined && { 'content-type': contentType }),
      ...step.headers?.(known),
    },
    ...(body !== undefined && { body }),
  });
}

function textOf(step: Step): string | undefined {
  const body = step.body?.(known);
  return body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
}

/** A refusal that the document knows, by code, without a word about the inside of the server. */
async function expectRefusal(operation: Operation, response: Response, sent: string): Promise<string> {
  const text = await response.text();
  const what = `${operation.operationId} ${sent}: ${String(response.status)} ${text}`;
  expect(text, what).not.toMatch(STACK_TEXT);
  const schema = jsonSchemaOf(operation.responses[String(response.status)] ?? {});
  expect(schema, what).toBeDefined();
  const body = JSON.parse(text) as { error?: string; code?: string };
  expect(document.wrong(schema ?? {}, body), what).toBeUndefined();
  return body.error ?? body.code ?? '';
}

async function open(operation: Operation, step: Step): Promise<void> {
  const explained = await send(operation, step, { token: tokens[step.as] });
  expect(explained.status).toBe(426);
  expect(await expectRefusal(operation, explained, 'without an upgrade')).toBe('UPGRADE_REQUIRED');
  const socket = new WebSocket(urlOf(operation, step).replace('http', 'ws'), {
    headers: { authorization: `Bearer ${String(tokens[step.as])}` },
  });
  await once(socket, 'open');
  socket.close();
  await once(socket, 'close');
}

async function listen(operation: Operation, step: Step): Promise<void> {
  const response = await send(operation, step, { token: tokens[step.as] });
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^text\/event-stream/);
  const reader = response.body?.getReader();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toMatch(/^retry: /);
  await reader?.cancel();
}

async function carryOut(operation: Operation, step: Step): Promise<void> {
  if (isSocket(operation)) {
    await open(operation, step);
    return;
  }
  if (operation.responses['200']?.content?.['text/event-stream']) {
    await listen(operation, step);
    return;
  }
  const schema = operation.requestBody && jsonSchemaOf(operation.requestBody);
  if (schema) expect(document.wrong(schema, step.body?.(known)), 'the body').toBeUndefined();
  const response = await send(operation, step, { token: tokens[step.as], body: textOf(step) });
  const answer = await response.text();
  const success = successOf(operation);
  expect([response.status, answer], step.operationId).toEqual([success, expect.anything()]);
  Object.assign(known, step.learnHeaders?.(response.headers));
  const answerSchema = jsonSchemaOf(operation.responses[String(success)] ?? {});
  if (!answerSchema) return;
  const json = JSON.parse(answer) as Record<string, unknown>;
  expect(document.wrong(answerSchema, json), `${step.operationId}: ${answer}`).toBeUndefined();
  Object.assign(known, step.learn?.(json));
}

/** Bodies that the schema refuses, and what is no JSON. */
async function expectBadBodiesRefused(operation: Operation, step: Step): Promise<number> {
  const schema = operation.requestBody && jsonSchemaOf(operation.requestBody);
  if (!schema) return 0;
  const token = tokens[step.as];
  const bad = variations(step.body?.(known))
    .filter((body) => document.wrong(schema, body) !== undefined)
    .slice(0, MAX_VARIATIONS)
    .map((body) => JSON.stringify(body));
  for (const body of bad) {
    const response = await send(operation, step, { token, body });
    await expectRefusal(operation, response, body);
    expect([response.status, body]).toEqual([400, body]);
  }
  const noJson = await send(operation, step, { token, body: '{"' });
  expect(await expectRefusal(operation, noJson, 'no JSON')).toBe('INVALID_JSON');
  return bad.length;
}

async function expectTokenNeeded(operation: Operation, step: Step): Promise<void> {
  const missing = await send(operation, step, { body: textOf(step) });
  expect([missing.status, await expectRefusal(operation, missing, 'without a token')]).toEqual([
    401,
    'UNAUTHORIZED',
  ]);
  const wrong = await send(operation, step, { token: 'nonsense', body: textOf(step) });
  expect([wrong.status, await expectRefusal(operation, wrong, 'with a wrong token')]).toEqual([
    401,
    'TOKEN_INVALID',
  ]);
}

describe('every route of the document', () => {
  test('is walked through', () => {
    const walked = new Set(STEPS.map(({ operationId }) => operationId));
    const documented = document.operations.map(({ operationId }) => operationId);
    expect([...walked].sort()).toEqual([...documented].sort());
  });

  // In order: each step needs what those before it have made.
  for (const [index, step] of STEPS.entries()) {
    test(`${String(index + 1)}. ${step.operationId}`, async () => {
      const operation = document.operation(step.operationId);
      if (operation.security?.length !== 0) await expectTokenNeeded(operation, step);
      const refused = await expectBadBodiesRefused(operation, step);
      if (operation.requestBody && jsonSchemaOf(operation.requestBody)) expect(refused).toBeGreaterThan(3);
      await carryOut(operation, step);
    });
  }
});
