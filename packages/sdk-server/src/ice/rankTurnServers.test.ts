import { describe, expect, it } from 'vitest';
import { rankTurnServers, type TurnCandidate } from './rankTurnServers.js';
import { TurnLoad } from './TurnLoad.js';

const peer = { id: 'p', userId: undefined };
type Named = TurnCandidate & { name: string };

const candidate = (name: string, parts: Partial<TurnCandidate> = {}): Named => ({
  name,
  region: undefined,
  weight: 1,
  isCloseTo: () => false,
  roundTripMs: 10,
  load: 0,
  ...parts,
});

const names = (candidates: Named[], who: Parameters<typeof rankTurnServers>[1] = peer) =>
  rankTurnServers(candidates, who).map(({ name }) => name);

describe('rankTurnServers', () => {
  it('puts the region of the peer first, however far it is from here', () => {
    const servers = [candidate('eu', { region: 'eu' }), candidate('jp', { region: 'jp', roundTripMs: 240 })];
    expect(names(servers, { ...peer, region: 'jp' })).toEqual(['jp', 'eu']);
    expect(names(servers, { ...peer, region: 'eu' })).toEqual(['eu', 'jp']);
    expect(names(servers, { ...peer, region: 'mars' })).toEqual(['eu', 'jp']);
  });

  it('goes by the address where the peer names no region', () => {
    const servers = [
      candidate('a'),
      candidate('b', { isCloseTo: (address) => address === '192.0.2.9', roundTripMs: 90 }),
    ];
    expect(names(servers, { ...peer, address: '192.0.2.9' })).toEqual(['b', 'a']);
    expect(names(servers, { ...peer, address: '198.51.100.1' })).toEqual(['a', 'b']);
    expect(names(servers, { ...peer, address: '192.0.2.9', region: 'eu' })).toEqual(['a', 'b']);
  });

  it('puts the shorter round trip first, and what is not known last', () => {
    expect(
      names([
        candidate('unknown', { roundTripMs: undefined }),
        candidate('far', { roundTripMs: 200 }),
        candidate('farther', { roundTripMs: 300, weight: 100 }),
        candidate('near', { roundTripMs: 15, load: 50 }),
      ]),
    ).toEqual(['near', 'far', 'farther', 'unknown']);
  });

  it('goes by load and weight where the round trips are the same to a listener, or not known', () => {
    expect(names([candidate('full', { load: 3 }), candidate('free', { roundTripMs: 35 })])).toEqual([
      'free',
      'full',
    ]);
    expect(names([candidate('small', { load: 3 }), candidate('big', { load: 6, weight: 2 })])).toEqual([
      'big',
      'small',
    ]);
    const unknown = { roundTripMs: undefined };
    expect(names([candidate('full', { load: 1, ...unknown }), candidate('free', unknown)])).toEqual([
      'free',
      'full',
    ]);
  });
});

describe('TurnLoad', () => {
  it('counts, and forgets by half every ten minutes', () => {
    let now = 0;
    const load = new TurnLoad<string>(() => now);
    expect(load.of('a')).toBe(0);
    load.add('a');
    load.add('a');
    now = 600_000;
    expect(load.of('a')).toBeCloseTo(1);
    load.add('a');
    now = 1_800_000;
    expect(load.of('a')).toBeCloseTo(0.5);
    expect(load.of('b')).toBe(0);
  });
});
