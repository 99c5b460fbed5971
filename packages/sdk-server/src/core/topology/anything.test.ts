import fc from 'fast-check';
import { expect, test } from 'vitest';
import { meeting, type Guest } from './testing/meeting.js';

/** Clients come, go, answer, fail and publish, the server opens late or not at all and dies, and time passes. */

const DEEDS = [
  'join',
  'join',
  'joinPinned',
  'joinRaw',
  'leave',
  'ready',
  'ready',
  'ready',
  'failServer',
  'failPair',
  'publish',
  'carryOn',
  'close',
  'die',
  'open',
  'open',
  'refuse',
  'pin',
  'unpin',
  'second',
  'seconds',
] as const;
type Deed = readonly [what: (typeof DEEDS)[number], which: number];

const deeds: fc.Arbitrary<Deed[]> = fc.array(fc.tuple(fc.constantFrom(...DEEDS), fc.nat(20)), {
  minLength: 1,
  maxLength: 60,
  size: 'max',
});

/** What a client knows of paths, by the plainest reading of what it was told. */
function pathOf(guest: Guest): number {
  let path = guest.firstPath;
  let settled = path;
  for (const update of guest.told) {
    if (update.type === 'topologyChanged') {
      // A new one, or back to what was before.
      expect(update.path > Math.max(path, settled) || update.path < path).toBe(true);
      path = update.path;
    } else if (update.type === 'pathSettled') {
      expect(update.path).toBe(path);
      settled = path;
    }
  }
  return path;
}

test(
  'whatever happens: it ends where it should, everybody knows, and nothing is left',
  { timeout: 60_000 },
  async () => {
    await fc.assert(
      fc.asyncProperty(deeds, async (all) => {
        const stage = meeting({ topology: 'auto' });
        const create = stage.backend.createRoom.bind(stage.backend);
        const waiting: ((opens: boolean) => void)[] = [];
        let isLate = true;
        stage.backend.createRoom = async (roomId) => {
          const opens = !isLate || (await new Promise<boolean>((resolve) => waiting.push(resolve)));
          if (!opens) throw stage.unavailable;
          return create(roomId);
        };
        const guests = new Map<string, Guest>();
        const nth = (which: number) => [...guests.values()][which % Math.max(1, guests.size)];
        const join = (which: number, how?: Parameters<typeof stage.join>[1]) => {
          const id = `guest-${String(which % 7)}`;
          if (guests.has(id)) return;
          void stage.join(id, how).then(
            (guest) => guests.set(id, guest),
            (error: unknown) => {
              expect(error).toMatchObject({ code: expect.stringMatching(/^[A-Z_]+$/) as string });
            },
          );
        };
        const act = async ([what, which]: Deed): Promise<unknown> => {
          const room = stage.rooms.get('room');
          const guest = nth(which);
          for (const [id, { peer }] of guests) if (peer.closed) guests.delete(id);
          switch (what) {
            case 'join':
              return join(which);
            case 'joinPinned':
              return join(which, { topology: 'sfu', paths: true });
            case 'joinRaw':
              return join(which, {});
            case 'leave':
              return guest?.peer.leave();
            case 'ready':
              return guest?.ready();
            case 'failServer':
              return guest?.fails();
            case 'failPair':
              return guest?.fails(nth(which + 1)?.id);
            case 'publish':
              return room?.topology === 'sfu' ? guest?.sends() : guest?.announces();
            case 'carryOn': {
              const pending = [...(guest?.peer.producers.values() ?? [])].find(
                (producer) => producer.pending,
              );
              return pending && guest?.carriesOn(pending.id);
            }
            case 'close':
              return which < 3 && room?.close();
            case 'die':
              return stage.backend.rooms.get('room')?.emit('died');
            case 'open':
              return waiting.shift()?.(true);
            case 'refuse':
              return waiting.shift()?.(false);
            case 'pin':
              return room?.setTopology(which % 2 === 0 ? 'sfu' : 'p2p');
            case 'unpin':
              return room?.setTopology('auto');
            case 'second':
              return stage.clock.pass(1000);
            case 'seconds':
              return stage.clock.pass(1000 * which);
          }
        };

        const consistent = () => {
          const room = stage.rooms.get('room');
          expect(stage.backend.rooms.size).toBeLessThanOrEqual(1);
          if (!room) return;
          expect(stage.backend.rooms.get('room')).toBe(room.server);
          for (const { peer } of guests.values())
            for (const transport of peer.transports.values()) expect(transport.closed).toBe(false);
          for (const producer of room.producers.values())
            if (producer.pending) expect(producer.peer.followsPaths).toBe(true);
        };

        for (const deed of all) {
          // What is asked for may be refused, and may wait for the server.
          void act(deed).catch((error: unknown) => {
            expect(error).toMatchObject({ code: expect.stringMatching(/^[A-Z_]+$/) as string });
          });
          await stage.clock.pass(0);
          consistent();
        }
        isLate = false;
        for (const open of waiting.splice(0)) open(true);
        await stage.clock.pass(0);
        // Nobody says anything any more; the last retry is after 16 minutes.
        await stage.clock.pass(20 * 60_000);
        consistent();
        const room = stage.rooms.get('room');
        if (room) {
          expect(room.topologies).toHaveLength(1);
          const { topology, peers, path } = room;
          expect(room.keeper.wanted).toBe(topology);
          for (const guest of guests.values()) {
            if (peers.get(guest.id) !== guest.peer || !guest.peer.followsPaths) continue;
            expect(pathOf(guest)).toBe(path);
          }
          for (const peer of [...peers.values()]) peer.leave();
        }
        await stage.clock.pass(0);
        expect([stage.rooms.size, stage.backend.rooms.size, stage.clock.pending, stage.errors]).toEqual([
          0,
          0,
          0,
          [],
        ]);
      }),
      { numRuns: 300 },
    );
  },
);
