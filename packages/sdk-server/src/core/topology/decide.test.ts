import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decide, MESH_LIMIT, suits, type Ability, type Facts } from './decide.js';

const able = (count: number, ability: Ability = 'any') =>
  Array.from({ length: count }, (_, index) => ({ id: `${ability}-${String(index)}`, ability }));

const facts = (changes: Partial<Facts> = {}): Facts => ({
  pinned: undefined,
  current: 'p2p',
  participants: able(2),
  hasServer: true,
  pairFailed: false,
  serverUnreachable: false,
  maxP2pParticipants: 2,
  ...changes,
});

describe('media travels', () => {
  test.each([
    [0, 'p2p'],
    [1, 'p2p'],
    [2, 'p2p'],
    [3, 'sfu'],
    [30, 'sfu'],
  ] as const)('of %i who can have it either way: %s', (count, topology) => {
    for (const current of ['sfu', 'p2p'] as const)
      expect(decide(facts({ current, participants: able(count) }))).toEqual({
        topology,
        reason: 'participants',
      });
  });

  test('through the server when somebody needs it, a pair cannot connect, or it was said so', () => {
    const one = able(1);
    expect(decide(facts({ participants: [...one, ...able(1, 'sfu')] }))).toEqual({
      topology: 'sfu',
      reason: 'dialect',
    });
    expect(decide(facts({ participants: [...one, ...able(1, 'page')] }))).toEqual({
      topology: 'sfu',
      reason: 'dialect',
    });
    expect(decide(facts({ pairFailed: true }))).toEqual({ topology: 'sfu', reason: 'pairFailed' });
    expect(decide(facts({ pinned: 'sfu' }))).toEqual({ topology: 'sfu', reason: 'pinned' });
  });

  test('from browser to browser when there is no server, somebody cannot reach it, or it was said so', () => {
    const many = able(20);
    expect(decide(facts({ participants: many, hasServer: false }))).toEqual({
      topology: 'p2p',
      reason: 'noMediaServer',
    });
    expect(decide(facts({ participants: able(3), serverUnreachable: true }))).toEqual({
      topology: 'p2p',
      reason: 'serverUnreachable',
    });
    expect(decide(facts({ participants: many, serverUnreachable: true })).topology).toBe('sfu');
    expect(decide(facts({ participants: many, pinned: 'p2p' }))).toEqual({
      topology: 'p2p',
      reason: 'pinned',
    });
  });

  test('as it does where nothing else would be better', () => {
    for (const current of ['sfu', 'p2p'] as const) {
      const nothingWorks = facts({ current, pairFailed: true, serverUnreachable: true });
      expect(decide(nothingWorks).topology).toBe(current);
      // Pages that were moved to the server stay there.
      expect(decide(facts({ current, participants: able(4, 'page') })).topology).toBe(current);
    }
  });
});

const arbitrary: fc.Arbitrary<Facts> = fc.record({
  pinned: fc.option(fc.constantFrom('sfu', 'p2p'), { nil: undefined }),
  current: fc.constantFrom('sfu', 'p2p'),
  participants: fc.array(
    fc.record({ id: fc.uuid(), ability: fc.constantFrom<Ability>('any', 'sfu', 'p2p', 'page') }),
    { maxLength: 12 },
  ),
  hasServer: fc.boolean(),
  pairFailed: fc.boolean(),
  serverUnreachable: fc.boolean(),
  maxP2pParticipants: fc.integer({ min: 1, max: 8 }),
});

describe('whatever the facts are', () => {
  const holds = (name: string, property: (facts: Facts, topology: 'sfu' | 'p2p') => boolean) => {
    test(name, () => {
      fc.assert(
        fc.property(arbitrary, (given) => {
          const { topology } = decide(given);
          return property(given, topology);
        }),
        { numRuns: 1000 },
      );
    });
  };
  const has = ({ participants }: Facts, ability: Ability) =>
    participants.some((each) => each.ability === ability);

  holds('what is pinned is', ({ pinned }, topology) => !pinned || topology === pinned);

  holds(
    'nobody is in a P2P room who needs the server',
    (given, topology) =>
      given.pinned !== undefined || !has(given, 'sfu') || has(given, 'p2p') || topology === 'sfu',
  );

  holds('those who could have it either way are never too many in a P2P room', (given, topology) => {
    const { pinned, participants, hasServer, serverUnreachable, maxP2pParticipants } = given;
    const free = !pinned && participants.every(({ ability }) => ability === 'any');
    if (!free || topology === 'sfu' || !hasServer) return true;
    const limit = serverUnreachable ? Math.max(MESH_LIMIT, maxP2pParticipants) : maxP2pParticipants;
    // Where neither way works nothing is changed.
    return participants.length <= limit || (given.pairFailed && given.current === 'p2p');
  });

  holds('pages and others are never both in a P2P room when there is a server', (given, topology) => {
    const mixed = has(given, 'page') && has(given, 'any') && !has(given, 'p2p');
    return given.pinned !== undefined || !mixed || !given.hasServer || topology === 'sfu';
  });

  holds(
    'a pair that cannot connect is not left in a P2P room when the server can be reached',
    (given, topology) => {
      const free = !given.pinned && given.participants.every(({ ability }) => ability === 'any');
      const { pairFailed, serverUnreachable, hasServer } = given;
      return !free || !pairFailed || serverUnreachable || !hasServer || topology === 'sfu';
    },
  );

  test('what is decided stays so when nothing changes', () => {
    fc.assert(
      fc.property(arbitrary, (given) => {
        const { topology } = decide(given);
        expect(decide({ ...given, current: topology }).topology).toBe(topology);
      }),
      { numRuns: 1000 },
    );
  });

  test('those who suited before still do, unless it is pinned or they cannot all be suited', () => {
    fc.assert(
      fc.property(arbitrary, (given) => {
        fc.pre(given.pinned === undefined && !(has(given, 'sfu') && has(given, 'p2p')));
        fc.pre(given.participants.every((each) => suits(given.current, each)));
        const { topology } = decide(given);
        return given.participants.every((each) => suits(topology, each));
      }),
      { numRuns: 1000 },
    );
  });
});
