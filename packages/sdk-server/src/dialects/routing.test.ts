import { describe, expect, it } from 'vitest';
import { findRoute } from './routing.js';

const routes = [
  { method: 'GET', path: '/things' },
  { method: 'POST', path: '/things/{id}/turn' },
  { method: 'DELETE', path: '/things/{id}' },
  { method: 'GET', path: '/things/{id}' },
];
const find = (method: string, pathname: string) => findRoute(routes, { method, pathname });

describe('findRoute', () => {
  it('finds by method and path, with what stands in the path', () => {
    expect(find('GET', '/things')).toEqual({ route: routes[0], params: {} });
    expect(find('POST', '/things/a%2Fb%20%C3%A4/turn')).toEqual({
      route: routes[1],
      params: { id: 'a/b ä' },
    });
    expect(find('GET', '/things/7')).toMatchObject({ route: routes[3], params: { id: '7' } });
  });

  it('tells which methods an address has', () => {
    expect(find('PUT', '/things/7')).toEqual({ allow: 'DELETE, GET' });
  });

  it.each(['/', '/thing', '/things/', '/things//turn', '/things/7/turn/', '/things/7/8/turn'])(
    'knows nothing of %s',
    (path) => {
      expect(find('GET', path)).toBeUndefined();
    },
  );

  it('refuses a path that cannot be read', () => {
    expect(() => find('GET', '/things/%E0%A4%A')).toThrowError(
      expect.objectContaining({ code: 'BAD_REQUEST' }),
    );
  });
});
