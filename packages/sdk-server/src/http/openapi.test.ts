import { CODES } from '@parlor/protocol';
import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createParlor } from '../createParlor.js';
import { FakeBackend } from '../media/fake/FakeBackend.js';
import type { Parlor } from '../parlor.js';

interface Operation {
  operationId: string;
  tags: string[];
  security?: unknown[];
  requestBody?: { required: boolean; content: Record<string, { schema: object }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: object }> }>;
}

interface Document {
  openapi: string;
  servers: { url: string }[];
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
}

let parlor: Parlor;
let document: Document;
beforeAll(async () => {
  parlor = await createParlor({
    access: { allowAnonymous: true },
    media: new FakeBackend(),
    basePath: 'calls/',
  });
  document = await fetchDocument('http://localhost/calls/openapi.json');
});
afterAll(() => parlor.close());

async function fetchDocument(url: string): Promise<Document> {
  const response = await parlor.handleRequest(new Request(url));
  expect(response?.headers.get('content-type')).toMatch(/^application\/json/);
  return (await response?.json()) as Document;
}

const operations = () =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, ...operation })),
  );

describe('/openapi.json', () => {
  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate({ ...structuredClone(document) });
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
    expect(document.openapi).toMatch(/^3\.1\./);
  });

  it('is below the base path, and says so', async () => {
    expect(document.servers).toEqual([{ url: '/calls' }]);
    expect(await parlor.handleRequest(new Request('http://localhost/openapi.json'))).toBeNull();
  });

  it('has routes of every dialect, each with an id of its own', () => {
    const ids = operations().map(({ operationId }) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    const tags = new Set(operations().flatMap((operation) => operation.tags));
    expect(document.tags.map(({ name }) => name)).toEqual([...tags]);
    expect([...tags]).toEqual(
      expect.arrayContaining(['protoo', 'calls', 'p2pRooms', 'rtcRest', 'operations']),
    );
    expect(operations().map(({ method, path }) => `${method} ${path}`)).toEqual(
      expect.arrayContaining([
        'get /health',
        'get /rooms/{roomId}',
        'post /rtc/transports/{transportId}/connect',
        'get /rtc/events',
        'delete /api/webrtc/rooms/{room_id}',
        'get /openapi.json',
      ]),
    );
  });

  it('refers to nothing that is not there', () => {
    const references = [...JSON.stringify(document).matchAll(/"\$ref":"([^"]+)"/g)].map(([, to]) => to ?? '');
    expect(references.length).toBeGreaterThan(10);
    for (const to of new Set(references)) {
      const [, name] = /^#\/components\/schemas\/(\w+)$/.exec(to) ?? [];
      expect(document.components.schemas, to).toHaveProperty(name ?? '?');
    }
  });

  it('shows what RTC-03 takes and answers, as the schema that validates has it', () => {
    const connect = document.paths['/rtc/transports/{transportId}/connect']?.['post'];
    expect(connect?.requestBody).toEqual({
      required: true,
      content: {
        'application/json': {
          schema: {
            type: 'object',
            properties: { dtlsParameters: { $ref: '#/components/schemas/DtlsParameters' } },
            required: ['dtlsParameters'],
          },
        },
      },
    });
    expect(document.components.schemas['DtlsParameters']).toMatchObject({
      properties: { fingerprints: { type: 'array', minItems: 1, maxItems: 8 } },
      required: ['fingerprints'],
    });
    expect(document.components.schemas['RtpCapabilities']).toHaveProperty(
      'properties.codecs.items.properties.mimeType',
    );
    expect(connect?.responses['200']?.content?.['application/json']?.schema).toEqual({
      type: 'object',
      properties: { connected: { type: 'boolean', const: true } },
      required: ['connected'],
    });
    expect(connect?.responses['409']?.content?.['application/json']?.schema).toMatchObject({
      properties: { error: { enum: ['ALREADY_CONNECTED'] } },
    });
    expect(connect?.responses['401']?.description).toBe('UNAUTHORIZED, TOKEN_INVALID, TOKEN_EXPIRED');
  });

  it('names errors that there are, with their status', () => {
    const codes = new Map<string, Set<string>>();
    for (const { responses } of operations()) {
      for (const [status, { content }] of Object.entries(responses)) {
        if (Number(status) < 400) continue;
        const text = JSON.stringify(content?.['application/json']?.schema);
        for (const [, list] of text.matchAll(/"enum":(\[[^\]]+\])/g))
          for (const code of JSON.parse(list ?? '[]') as string[])
            codes.set(status, (codes.get(status) ?? new Set()).add(code));
      }
    }
    expect(codes.size).toBeGreaterThan(5);
    for (const [status, named] of codes)
      for (const code of named) expect(CODES[code as keyof typeof CODES].http, code).toBe(Number(status));
  });
});
