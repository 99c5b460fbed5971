import { ParlorError } from '../errors.js';

/** What a table of routes has to say: parameters of the path stand in braces. */
export interface Routed {
  readonly method: string;
  readonly path: string;
}

export type Match<R> =
  | { route: R; params: Record<string, string> }
  /** The address is known, for other methods. */
  | { allow: string };

/**
 * The route for a request; undefined: the address is nobody's.
 * @throws BAD_REQUEST for a path that is not valid percent-encoding
 */
export function findRoute<R extends Routed>(
  routes: readonly R[],
  { method, pathname }: { method: string; pathname: string },
): Match<R> | undefined {
  const asked = pathname.split('/');
  const here = routes.filter(({ path }) => fits(path.split('/'), asked));
  const route = here.find((one) => one.method === method);
  if (route) return { route, params: paramsOf(route.path.split('/'), asked) };
  return here.length > 0 ? { allow: here.map((one) => one.method).join(', ') } : undefined;
}

const PARAMETER = /^\{(\w+)\}$/;

const fits = (path: readonly string[], asked: readonly string[]): boolean =>
  path.length === asked.length &&
  path.every((segment, index) => (PARAMETER.test(segment) ? asked[index] !== '' : segment === asked[index]));

function paramsOf(path: readonly string[], asked: readonly string[]): Record<string, string> {
  const params: Record<string, string> = {};
  for (const [index, segment] of path.entries()) {
    const name = PARAMETER.exec(segment)?.[1];
    if (name !== undefined) params[name] = decodeSegment(asked[index] ?? '');
  }
  return params;
}

/** @throws BAD_REQUEST */
export function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    throw new ParlorError('BAD_REQUEST', 'the path is not valid percent-encoding', { cause });
  }
}
