import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

type Json = Record<string, unknown>;

interface Content {
  content?: Record<string, { schema: Json }>;
}

export interface Operation {
  readonly operationId: string;
  readonly method: string;
  readonly path: string;
  readonly security?: unknown[];
  readonly parameters?: { name: string; in: string; required: boolean; schema: Json }[];
  readonly requestBody?: Content;
  readonly responses: Record<string, Content>;
}

interface Document {
  paths: Record<string, Record<string, Omit<Operation, 'method' | 'path'>>>;
}

/** What an OpenAPI document says, so that a server can be held to it. */
export class OpenApiDocument {
  readonly operations: Operation[];
  readonly #ajv: Ajv2020;
  readonly #validators = new Map<object, ValidateFunction>();

  constructor(document: Document) {
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, rest]) => ({ ...rest, method: method.toUpperCase(), path })),
    );
    // Formats that JSON Schema has no keyword for, of zod, are annotations.
    this.#ajv = new Ajv2020({ strict: false });
    addFormats['default'](this.#ajv);
    this.#ajv.addSchema(document, 'document');
  }

  operation(operationId: string): Operation {
    const found = this.operations.find((operation) => operation.operationId === operationId);
    if (!found) throw new Error(`the document has no operation ${operationId}`);
    return found;
  }

  /** What is wrong with a JSON value by this schema; undefined: nothing. */
  wrong(schema: Json, value: unknown): string | undefined {
    let validate = this.#validators.get(schema);
    if (!validate) {
      // References are into the document.
      const absolute = JSON.parse(
        JSON.stringify(schema).replaceAll('"$ref":"#/', '"$ref":"document#/'),
      ) as Json;
      validate = this.#ajv.compile(absolute);
      this.#validators.set(schema, validate);
    }
    return validate(value) ? undefined : this.#ajv.errorsText(validate.errors);
  }
}

export const jsonSchemaOf = ({ content }: Content): Json | undefined => content?.['application/json']?.schema;

/**
 * Values that differ from `valid` in one place. Which of them the schema refuses is for the schema to say.
 */
export function variations(valid: unknown): unknown[] {
  const wrong = [5, 'text', [], true, { surprise: 1 }];
  if (typeof valid !== 'object' || valid === null || Array.isArray(valid)) return wrong;
  const members = Object.entries(valid as Json);
  return [
    ...wrong,
    ...members.map(([name]) => Object.fromEntries(members.filter(([other]) => other !== name))),
    ...members.flatMap(([name, value]) =>
      [...variations(value), null].map((other) => ({ ...(valid as Json), [name]: other })),
    ),
  ];
}
