import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Producer } from '../../src/core/types.js';
import { isParlorError } from '../../src/errors.js';
import type { Description } from '../../src/sdp/description.js';
import { parseDescription } from '../../src/sdp/parse.js';
import { hostileSdp } from './hostileSdp.js';
import { SdpClient } from './SdpClient.js';
import { sessionRoom } from './sessionRoom.js';

const WIDE = { maxLength: 1e6, maxSections: 500 };
const parse = (text: string) => parseDescription(text, WIDE);

const step = fc.oneof(
  fc.record({ do: fc.constant('comes' as const), kind: fc.constantFrom('audio' as const, 'video' as const) }),
  fc.record({ do: fc.constantFrom('goes' as const, 'mutes' as const, 'unmutes' as const), which: fc.nat(5) }),
  fc.record({
    do: fc.constant('adds' as const),
    kind: fc.constantFrom('audio' as const, 'video' as const),
    sends: fc.boolean(),
    receives: fc.boolean(),
  }),
  fc.record({
    do: fc.constantFrom('removes' as const, 'turns' as const, 'stops' as const),
    which: fc.nat(5),
  }),
  fc.record({
    do: fc.constantFrom(
      'clientOffers' as const,
      'serverOffers' as const,
      'glare' as const,
      'restarts' as const,
    ),
  }),
);

/** What holds for every description of the server, whatever came before. */
class Invariants {
  #mids: (string | undefined)[] = [];
  #uris = new Map<number, string>();

  check(text: string, { offer, kept = true }: { offer?: Description; kept?: boolean } = {}): void {
    const { sections } = parse(text);
    const mids = sections.map(({ mid }) => mid);
    expect(mids.length).toBeGreaterThanOrEqual(this.#mids.length);
    expect(mids.slice(0, this.#mids.length)).toEqual(this.#mids);
    // What is taken back has never been.
    if (kept) this.#mids = mids;
    const codecs = new Map<number, string>();
    const ids = new Map<number, string>();
    for (const [index, section] of sections.entries()) {
      for (const codec of section.codecs) {
        const text = JSON.stringify(codec);
        expect(codecs.get(codec.payloadType) ?? text).toBe(text);
        codecs.set(codec.payloadType, text);
      }
      for (const { id, uri } of section.extensions) {
        expect(ids.get(id) ?? uri).toBe(uri);
        ids.set(id, uri);
        expect(this.#uris.get(id) ?? uri).toBe(uri);
        this.#uris.set(id, uri);
      }
      const theirs = offer?.sections[index];
      if (!theirs || section.rejected) continue;
      const listed = theirs.codecs.map(({ payloadType }) => payloadType);
      for (const { payloadType } of section.codecs) expect(listed).toContain(payloadType);
      for (const { id, uri } of section.extensions)
        expect(theirs.extensions).toContainEqual(expect.objectContaining({ id, uri }));
    }
  }
}

test('whoever offers what in whatever order, descriptions stay consistent and both sides agree in the end', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(step, { minLength: 1, maxLength: 25 }),
      async (serverFirst, steps) => {
        const { session, peer, publish } = await sessionRoom();
        const client = new SdpClient();
        const invariants = new Invariants();
        const others: Producer[] = [];

        const serverOffers = async (options = {}): Promise<boolean> => {
          const { sdp } = await session.createOffer(options);
          if (sdp === undefined) return false;
          invariants.check(sdp);
          await session.handleAnswer(parse(client.answer(sdp)));
          return true;
        };
        const clientOffers = async (): Promise<void> => {
          const offer = parse(client.offer());
          if (!offer.transport) return;
          const { sdp } = await session.handleOffer(offer);
          invariants.check(sdp, { offer });
        };
        if (serverFirst) await serverOffers({ slots: ['audio', 'video'] });
        else client.addTrack('audio');
        await clientOffers();

        for (const one of steps) {
          const line =
            'which' in one ? client.lines[one.which % Math.max(client.lines.length, 1)] : undefined;
          const other = 'which' in one ? others[one.which % Math.max(others.length, 1)] : undefined;
          if (one.do === 'comes') {
            const producer = await publish(one.kind);
            others.push(producer);
            session.want(producer);
          } else if (one.do === 'goes' && other) {
            other.close();
            session.unwant(other.id);
          } else if (one.do === 'mutes') await other?.pause();
          else if (one.do === 'unmutes') await other?.resume();
          else if (one.do === 'adds') client.addTrack(one.kind, one);
          else if (one.do === 'removes' && line) Object.assign(line, { sends: false, ssrc: undefined });
          else if (one.do === 'turns' && line) line.receives = !line.receives;
          else if (one.do === 'stops' && line && client.lines.filter(({ stopped }) => !stopped).length > 1)
            line.stopped = true;
          else if (one.do === 'restarts') client.restartIce();
          else if (one.do === 'serverOffers') await serverOffers();
          else if (one.do === 'glare') {
            const { sdp } = await session.createOffer();
            if (sdp !== undefined) invariants.check(sdp, { kept: false });
            session.rollback();
          }
          // A client negotiates what it has changed before it answers anything else.
          if (!['serverOffers', 'glare', 'comes', 'goes', 'mutes', 'unmutes'].includes(one.do))
            await clientOffers();
        }

        await clientOffers();
        while (await serverOffers());
        expect(session.isOffering).toBe(false);
        const sent = client.lines.filter(
          ({ sends, stopped, ssrc }) => sends && !stopped && ssrc !== undefined,
        );
        expect([...peer.producers.values()].filter(({ closed }) => !closed)).toHaveLength(sent.length);
        const got = new Set([...peer.consumers.values()].map(({ producer }) => producer.id));
        expect(got.size).toBe(peer.consumers.size);
        for (const consumer of peer.consumers.values()) expect(others.includes(consumer.producer)).toBe(true);
      },
    ),
    { numRuns: 150 },
  );
}, 60_000);

test('no description of a client does harm: coded errors, and the connection goes on', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(hostileSdp, { minLength: 1, maxLength: 4 }),
      fc.boolean(),
      async (texts, asAnswer) => {
        const { session, peer, publish } = await sessionRoom();
        const client = new SdpClient();
        client.addTrack('video');
        await session.handleOffer(parse(client.offer()));
        session.want(await publish('video'));
        const offered = asAnswer ? (await session.createOffer()).sdp : undefined;
        for (const text of texts) {
          try {
            const description = parse(text);
            await (asAnswer ? session.handleAnswer(description) : session.handleOffer(description));
          } catch (error) {
            if (!isParlorError(error)) throw error;
          }
        }
        if (offered !== undefined) await session.handleAnswer(parse(client.answer(offered)));
        else await session.handleOffer(parse(client.offer()));
        expect(peer.producers.size).toBe(1);
      },
    ),
    { numRuns: 300 },
  );
}, 60_000);
