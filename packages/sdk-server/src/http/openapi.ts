import { CODES, type ErrorCode } from '@parlor/protocol';
import { z } from 'zod';
import type { Dialect, RouteContent, RouteDescription } from '../dialects/dialect.js';
import { normalizeBasePath } from './basePath.js';

const PATH = '/openapi.json';

const OWN_ROUTE: RouteDescription = {
  operationId: 'getOpenApi',
  method: 'GET',
  path: PATH,
  summary: 'This document.',
  answer: { status: 200, schema: z.record(z.string(), z.unknown()) },
  isOpen: true,
};

type Json = Record<string, unknown>;

/** Serves the OpenAPI document of all HTTP routes of these dialects at `/openapi.json`. */
export function openApi(dialects: readonly Dialect[], basePath: string): Dialect {
  const self: Dialect = {
    name: 'operations',
    routes: [OWN_ROUTE],
    handleRequest(request, url) {
      if (url.pathname !== PATH || request.method !== 'GET') return Promise.resolve(null);
      // Not before somebody asks: most servers are never asked.
      text ??= JSON.stringify(openApiDocument([...dialects, self], basePath));
      const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-cache' };
      return Promise.resolve(new Response(text, { headers }));
    },
  };
  let text: string | undefined;
  return self;
}

/** OpenAPI 3.1 (spec.openapis.org/oas/v3.1.1), from the schemas that validate. */
export function openApiDocument(dialects: readonly Dialect[], basePath: string): Json {
  const components: Json = {};
  const paths: Record<string, Json> = {};
  for (const { name, routes = [] } of dialects) {
    for (const route of routes) {
      paths[route.path] = {
        ...paths[route.path],
        [route.method.toLowerCase()]: operation(route, name, components),
      };
    }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Parlor',
      description: 'Audio, video and data rooms. Errors have stable codes; texts for people may change.',
      version: '1',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: normalizeBasePath(basePath) || '/' }],
    tags: dialects.map(({ name }) => ({ name })),
    security: [{ bearer: [] }, { query: [] }],
    paths,
    components: {
      schemas: components,
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' },
        query: { type: 'apiKey', in: 'query', name: 'token', description: 'Where headers cannot be set.' },
      },
    },
  };
}

function operation(route: RouteDescription, tag: string, components: Json): Json {
  const { operationId, summary, parameters = [], body, answer, isOpen } = route;
  return {
    operationId,
    summary,
    tags: [tag],
    ...(isOpen && { security: [] }),
    ...(parameters.length > 0 && {
      parameters: parameters.map(({ schema, required, ...parameter }) => ({
        ...parameter,
        required: parameter.in === 'path' || (required ?? false),
        schema: jsonSchema(schema, components),
      })),
    }),
    ...(body && { requestBody: { required: needsBody(body), ...described(body, components) } }),
    responses: {
      [String(answer.status)]: { description: 'Done.', ...described(answer, components) },
      ...errorResponses(route, components),
    },
  };
}

/** A JSON body that may be `{}` may be left out. */
const needsBody = ({ schema }: RouteContent): boolean => !schema?.safeParse({}).success;

function described({ schema, contentType, description }: RouteContent, components: Json): Json {
  const type = contentType ?? (schema && 'application/json');
  return {
    ...(description !== undefined && { description }),
    ...(type !== undefined && {
      content: { [type]: { schema: schema ? jsonSchema(schema, components) : { type: 'string' } } },
    }),
  };
}

function errorResponses(route: RouteDescription, components: Json): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of errorsOf(route)) {
    const { http } = CODES[code];
    byStatus.set(http, [...(byStatus.get(http) ?? []), code]);
  }
  const { errorBody = plainError } = route;
  return Object.fromEntries(
    [...byStatus]
      .sort(([a], [b]) => a - b)
      .map(([status, codes]) => [
        String(status),
        { description: codes.join(', '), ...described({ schema: errorBody(codes) }, components) },
      ]),
  );
}

const plainError = (codes: readonly ErrorCode[]): z.ZodType =>
  z.object({ error: z.enum(codes), message: z.string() });

const TOKEN_ERRORS: ErrorCode[] = [
  'UNAUTHORIZED',
  'TOKEN_INVALID',
  'TOKEN_EXPIRED',
  'ROOM_NOT_ALLOWED',
  'FORBIDDEN',
];

/** What a route refuses by, with what follows from its shape. */
function errorsOf({ errors = [], parameters = [], body, isOpen }: RouteDescription): Set<ErrorCode> {
  return new Set<ErrorCode>([
    ...errors,
    ...(isOpen ? [] : TOKEN_ERRORS),
    ...(parameters.length > 0 || body ? (['BAD_REQUEST'] as const) : []),
    ...(body ? (['MESSAGE_TOO_LARGE'] as const) : []),
    ...(body?.schema ? (['INVALID_JSON'] as const) : []),
    'INTERNAL',
  ]);
}

/** What goes over the wire; schemas that have a name become components. */
function jsonSchema(schema: z.ZodType, components: Json): Json {
  const { $schema: _, $defs = {}, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  for (const [name, definition] of Object.entries($defs)) components[name] = referring(definition);
  return referring(rest) as Json;
}

/** With references into the document instead of into the schema. */
function referring(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(referring);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => key !== '$schema')
      .map(([key, item]) => [
        key,
        key === '$ref' && typeof item === 'string'
          ? item.replace('#/$defs/', '#/components/schemas/')
          : referring(item),
      ]),
  );
}
