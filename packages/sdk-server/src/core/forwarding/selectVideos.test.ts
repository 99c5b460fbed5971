import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rankVideos, selectVideos, type RankedVideo } from './selectVideos.js';

const PEERS = Array.from({ length: 12 }, (_, index) => `peer${String(index)}`);
const videos = fc
  .uniqueArray(fc.record({ peerId: fc.constantFrom(...PEERS), paused: fc.boolean() }), {
    selector: ({ peerId }) => peerId,
  })
  .map((all): RankedVideo[] => all.map((video) => ({ ...video, id: `video of ${video.peerId}` })));
const speakers = fc.shuffledSubarray(PEERS);
const limit = fc.nat(14);
const pins = fc.shuffledSubarray(PEERS).map((peerIds) => peerIds.map((peerId) => `video of ${peerId}`));

const situation = fc.record({ all: videos, order: speakers, most: limit, pinned: pins });

/** All those that are wanted and there. */
const wish = (all: readonly RankedVideo[], most: number, pinned: readonly string[] = []) => ({
  limit: most,
  pinned,
  isEligible: (id: string) => all.some((video) => video.id === id),
});

const difference = (a: Iterable<string>, b: ReadonlySet<string>) => [...a].filter((id) => !b.has(id));

test('ranks who spoke last first, then who came first, and what is paused last', () => {
  const video = (id: string, paused = false) => ({ id, peerId: id, paused });
  const ranked = rankVideos([video('a'), video('b'), video('c', true), video('d')], ['d', 'c']);
  expect(ranked).toEqual(['d', 'a', 'b', 'c']);
});

test('never more than the limit, none too few, and what is pinned among them', () => {
  fc.assert(
    fc.property(situation, ({ all, order, most, pinned }) => {
      const selected = selectVideos(rankVideos(all, order), wish(all, most, pinned));
      expect(selected.size).toBe(Math.min(most, all.length));
      const there = pinned.filter((id) => all.some((video) => video.id === id));
      for (const id of there.slice(0, most)) expect(selected.has(id)).toBe(true);
    }),
  );
});

test('what is not eligible takes nobody’s place', () => {
  fc.assert(
    fc.property(fc.record({ all: videos, order: speakers, most: limit }), ({ all, order, most }) => {
      const wanted = new Set(all.filter((_, index) => index % 2 === 0).map(({ id }) => id));
      const isEligible = (id: string) => wanted.has(id);
      const selected = selectVideos(rankVideos(all, order), { limit: most, pinned: [], isEligible });
      expect(selected.size).toBe(Math.min(most, wanted.size));
      expect(difference(selected, wanted)).toEqual([]);
    }),
  );
});

test('when somebody else speaks, or one camera is paused or gone, at most one comes for one that goes', () => {
  fc.assert(
    fc.property(situation, fc.constantFrom(...PEERS), ({ all, order, most, pinned }, peerId) => {
      const before = selectVideos(rankVideos(all, order), wish(all, most, pinned));
      const spoken = [peerId, ...order.filter((other) => other !== peerId)];
      const flipped = all.map((video) =>
        video.peerId === peerId ? { ...video, paused: !video.paused } : video,
      );
      const gone = all.filter((video) => video.peerId !== peerId);
      for (const after of [
        selectVideos(rankVideos(all, spoken), wish(all, most, pinned)),
        selectVideos(rankVideos(flipped, order), wish(flipped, most, pinned)),
        selectVideos(rankVideos(gone, order), wish(gone, most, pinned)),
      ]) {
        expect(difference(after, before).length).toBeLessThanOrEqual(1);
        expect(difference(before, after).length).toBeLessThanOrEqual(1);
      }
    }),
  );
});
