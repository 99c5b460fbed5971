import { describe, expect, test } from 'vitest';
import { parseDescription } from '../../src/sdp/parse.js';
import type { SdpSession } from '../../src/sdp/SdpSession.js';
import { capture } from './captures.js';
import { SdpClient } from './SdpClient.js';
import { sessionRoom } from './sessionRoom.js';

const parse = (text: string | undefined) => parseDescription(text ?? 'nothing was offered');

const brief = (text: string | undefined) =>
  parse(text).sections.map(({ media, mid = '-', direction, rejected }) =>
    [media, mid, rejected ? 'rejected' : direction].join(' '),
  );

const answer = (session: SdpSession, offer: string) => session.handleOffer(parse(offer));

/** The server offers and the client answers. */
async function offerTo(client: SdpClient, session: SdpSession, options = {}): Promise<string[] | undefined> {
  const { sdp } = await session.createOffer(options);
  if (sdp === undefined) return undefined;
  await session.handleAnswer(parse(client.answer(sdp)));
  return brief(sdp);
}

describe('the client offers first', () => {
  test('Chrome with camera and microphone is answered with one codec each and gets others in sections of the server', async () => {
    const { session, peer, publish, consumers } = await sessionRoom();
    const first = await session.handleOffer(parse(capture('chromium-offer')));
    expect(brief(first.sdp)).toEqual(['audio 0 recvonly', 'video 1 recvonly']);
    expect(first.refused).toEqual([]);
    const [audio, video] = parse(first.sdp).sections;
    expect(audio?.codecs.map(({ payloadType }) => payloadType)).toEqual([111]);
    expect(video?.codecs.map(({ payloadType }) => payloadType)).toEqual([96, 97]);
    expect(parse(first.sdp).transport?.setup).toBe('passive');
    expect([...peer.producers.values()].map(({ kind, appData }) => [kind, appData])).toEqual([
      ['audio', { source: 'microphone' }],
      ['video', { source: 'camera' }],
    ]);

    session.want(await publish('audio'));
    session.want(await publish('video'));
    const { sdp } = await session.createOffer();
    expect(brief(sdp)).toEqual([
      'audio 0 recvonly',
      'video 1 recvonly',
      'audio s0 sendonly',
      'video s1 sendonly',
    ]);
    const [, , sound, picture] = parse(sdp).sections;
    expect(sound?.codecs.map(({ payloadType }) => payloadType)).toEqual([100]);
    expect([sound?.msid?.stream, picture?.msid?.stream]).toEqual(['bob', 'bob']);
    expect(sound?.ssrcs).toEqual([consumers()[0]?.rtpParameters.encodings[0]?.ssrc]);
    expect(consumers().map(({ paused }) => paused)).toEqual([true, true]);
  });

  test('consumers start when the client has answered', async () => {
    const { session, publish, consumers } = await sessionRoom();
    const client = new SdpClient();
    client.addTrack('audio');
    await answer(session, client.offer());
    session.want(await publish('video'));
    expect(await offerTo(client, session)).toEqual(['audio 0 recvonly', 'video s0 sendonly']);
    expect(consumers().map(({ paused }) => paused)).toEqual([false]);
    expect(await offerTo(client, session)).toBeUndefined();
  });

  test('a viewer’s own receiving sections are used for what it is sent', async () => {
    const { session, publish } = await sessionRoom();
    const client = new SdpClient();
    client.addTrack('audio', { sends: false });
    client.addTrack('video', { sends: false });
    expect(brief((await answer(session, client.offer())).sdp)).toEqual([
      'audio 0 inactive',
      'video 1 inactive',
    ]);
    session.want(await publish('video'));
    const { sdp } = await session.createOffer();
    expect(brief(sdp)).toEqual(['audio 0 inactive', 'video 1 sendonly']);
    expect(parse(sdp).sections[1]?.codecs.map(({ payloadType }) => payloadType)).toEqual([101]);
  });

  test('a data channel is accepted', async () => {
    const { session } = await sessionRoom();
    const { sdp } = await session.handleOffer(parse(capture('simple-peer-offer')));
    expect(sdp).toContain('m=application 9 UDP/DTLS/SCTP webrtc-datachannel');
    expect(parse(sdp).bundle).toEqual(['0', '1', '2']);
  });

  test('simulcast by rid', async () => {
    const { session } = await sessionRoom();
    const { sdp } = await session.handleOffer(parse(capture('chromium-whip-offer')));
    expect(sdp).toContain('a=rid:q recv\r\na=rid:h recv\r\na=rid:f recv\r\na=simulcast:recv q;h;f');
    expect(parse(sdp).sections[1]?.extensions.map(({ id }) => id)).toContain(10);
  });

  test('a passive client: the server opens DTLS', async () => {
    const { session } = await sessionRoom();
    const { sdp } = await answer(
      session,
      capture('chromium-offer').replaceAll('a=setup:actpass', 'a=setup:passive'),
    );
    expect(parse(sdp).transport?.setup).toBe('active');
  });
});

describe('the server offers first', () => {
  test('slots take what the client sends', async () => {
    const { session, peer, publish } = await sessionRoom();
    session.want(await publish('audio'));
    const { sdp } = await session.createOffer({ slots: ['audio', 'video'] });
    expect(brief(sdp)).toEqual(['audio s0 recvonly', 'video s1 recvonly', 'audio s2 sendonly']);
    const client = new SdpClient();
    const offered = parse(sdp);
    client.answer(sdp!);
    client.lines[0]!.sends = client.lines[1]!.sends = true;
    client.lines[0]!.ssrc = 1;
    client.lines[1]!.ssrc = 2;
    await session.handleAnswer(parse(client.answer(sdp!)));
    expect([...peer.producers.values()].map(({ kind }) => kind)).toEqual(['audio', 'video']);
    expect(offered.transport?.setup).toBe('actpass');
    expect(await offerTo(client, session)).toBeUndefined();
  });

  test('slots that stay empty stay, and the client may offer later', async () => {
    const { session, peer } = await sessionRoom();
    const client = new SdpClient();
    await offerTo(client, session, { slots: ['audio', 'video'] });
    expect(peer.producers.size).toBe(0);
    client.addTrack('video');
    expect(brief((await answer(session, client.offer())).sdp)).toEqual([
      'audio s0 inactive',
      'video s1 recvonly',
    ]);
    expect(peer.producers.size).toBe(1);
  });
});

describe('what changes', () => {
  test('sections of those who leave are used again, for ever the same number of them', async () => {
    const { session, publish } = await sessionRoom();
    const client = new SdpClient();
    client.addTrack('video');
    await answer(session, client.offer());
    for (let round = 0; round < 4; round += 1) {
      const producer = await publish('video');
      session.want(producer);
      expect(await offerTo(client, session)).toEqual(['video 0 recvonly', 'video s0 sendonly']);
      producer.close();
      session.unwant(producer.id);
      expect(await offerTo(client, session)).toEqual(['video 0 recvonly', 'video s0 inactive']);
    }
  });

  test('a muted publisher’s section is inactive until it is heard again', async () => {
    const { session, publish, consumers } = await sessionRoom();
    const client = new SdpClient();
    client.addTrack('audio');
    await answer(session, client.offer());
    const producer = await publish('audio');
    session.want(producer);
    await offerTo(client, session);
    await producer.pause();
    expect(await offerTo(client, session)).toEqual(['audio 0 recvonly', 'audio s0 inactive']);
    await producer.resume();
    expect(await offerTo(client, session)).toEqual(['audio 0 recvonly', 'audio s0 sendonly']);
    expect(consumers()).toHaveLength(1);
  });

  test('what ends, is muted or is heard again while an offer is out comes with the next', async () => {
    const { session, publish } = await sessionRoom();
    const client = new SdpClient();
    client.addTrack('audio');
    await answer(session, client.offer());
    const [ends, mutes, speaks] = [await publish('video'), await publish('audio'), await publish('audio')];
    for (const producer of [ends, mutes, speaks]) session.want(producer);
    await offerTo(client, session);
    await speaks.pause();
    await offerTo(client, session);

    const another = await publish('video');
    session.want(another);
    const { sdp } = await session.createOffer();
    ends.close();
    session.unwant(ends.id);
    await mutes.pause();
    await speaks.resume();
    await session.handleAnswer(parse(client.answer(sdp ?? '')));
    expect(await offerTo(client, session)).toEqual([
      'audio 0 recvonly',
      'video s0 inactive',
      'audio s1 inactive',
      'audio s2 sendonly',
      'video s3 sendonly',
    ]);
    expect(await offerTo(client, session)).toBeUndefined();
  });

  test('tracks that the client removes, adds again, replaces and stops', async () => {
    const { session, peer } = await sessionRoom();
    const client = new SdpClient();
    const line = client.addTrack('video');
    await answer(session, client.offer());
    const [first] = peer.producers.values();
    line.sends = false;
    expect(brief((await answer(session, client.offer())).sdp)).toEqual(['video 0 inactive']);
    expect(first?.closed).toBe(true);
    line.sends = true;
    expect(brief((await answer(session, client.offer())).sdp)).toEqual(['video 0 recvonly']);
    const [second] = peer.producers.values();
    line.ssrc = 77;
    await answer(session, client.offer());
    expect(second?.closed).toBe(true);
    expect(peer.producers.size).toBe(1);
    line.stopped = true;
    client.addTrack('audio');
    expect(brief((await answer(session, client.offer())).sdp)).toEqual([
      'video 0 rejected',
      'audio 1 recvonly',
    ]);
    expect([...peer.producers.values()].map(({ kind }) => kind)).toEqual(['audio']);
  });

  test('a section that is not taken keeps its codecs and has a transport, in offers too', async () => {
    const { session, publish } = await sessionRoom();
    const offer = capture('aiortc-offer').replaceAll(/ (VP8|H264)\//g, ' $1-next/');
    const { sdp: answered, refused } = await session.handleOffer(parse(offer));
    expect(refused).toMatchObject([{ code: 'UNSUPPORTED_MEDIA', mid: '1' }]);
    session.want(await publish('audio'));
    const { sdp: offered } = await session.createOffer();
    for (const text of [answered, offered ?? '']) {
      expect(brief(text)[1]).toBe('video 1 rejected');
      const [, , video = ''] = text.split(/^m=/m);
      expect(video).toContain('a=rtpmap:97 VP8-next/90000');
      expect(video).toMatch(/a=ice-ufrag:.+\r\na=ice-pwd:.+\r\na=fingerprint:.+\r\na=setup:/);
    }
  });

  test('a second track of a kind is another stream, until the first has gone', async () => {
    const { session, peer } = await sessionRoom();
    const client = new SdpClient();
    const camera = client.addTrack('video');
    await answer(session, client.offer());
    const second = client.addTrack('video');
    await answer(session, client.offer());
    const sources = () => [...peer.producers.values()].map(({ appData }) => appData);
    expect(sources()).toEqual([{ source: 'camera' }, { source: 'unknown', stream: 'stream' }]);
    Object.assign(camera, { sends: false, ssrc: undefined });
    await answer(session, client.offer());
    second.ssrc = 99;
    await answer(session, client.offer());
    expect(sources()).toEqual([{ source: 'camera' }]);
  });

  test('a track added to a section of the server goes both ways in it', async () => {
    const { session, peer, publish, consumers } = await sessionRoom();
    const client = new SdpClient();
    client.addTrack('audio');
    await answer(session, client.offer());
    session.want(await publish('video'));
    await offerTo(client, session);
    client.addTrack('video');
    const { sdp } = await answer(session, client.offer());
    expect(brief(sdp)).toEqual(['audio 0 recvonly', 'video s0 sendrecv']);
    expect([...peer.producers.values()].map(({ kind }) => kind)).toEqual(['audio', 'video']);
    expect(consumers()).toHaveLength(1);
  });

  test('what the client turns down is paused, and goes on when it asks for it', async () => {
    const { session, publish, consumers } = await sessionRoom();
    const client = new SdpClient();
    client.addTrack('audio');
    await answer(session, client.offer());
    session.want(await publish('video'));
    await offerTo(client, session);
    client.lines[1]!.receives = false;
    expect(brief((await answer(session, client.offer())).sdp)).toEqual([
      'audio 0 recvonly',
      'video s0 inactive',
    ]);
    expect(consumers()[0]?.paused).toBe(true);
    expect(await offerTo(client, session)).toBeUndefined();
    client.lines[1]!.receives = true;
    expect(brief((await answer(session, client.offer())).sdp)).toEqual([
      'audio 0 recvonly',
      'video s0 sendonly',
    ]);
    expect(consumers()[0]?.paused).toBe(false);
  });

  test('what the client stops is not offered again', async () => {
    const { session, publish, consumers } = await sessionRoom();
    const client = new SdpClient();
    client.addTrack('audio');
    await answer(session, client.offer());
    session.want(await publish('video'));
    await offerTo(client, session);
    client.lines[1]!.stopped = true;
    await answer(session, client.offer());
    expect(consumers()).toEqual([]);
    expect(await offerTo(client, session)).toBeUndefined();
  });

  test('ICE restarts of either side change the credentials and nothing else', async () => {
    const { session, peer } = await sessionRoom();
    const client = new SdpClient();
    client.addTrack('video');
    const first = parse((await answer(session, client.offer())).sdp);
    const [producer] = peer.producers.values();
    client.restartIce();
    const second = parse((await answer(session, client.offer())).sdp);
    expect(second.transport?.ufrag).not.toBe(first.transport?.ufrag);
    const { sdp } = await session.createOffer({ iceRestart: true });
    expect(parse(sdp).transport?.ufrag).not.toBe(second.transport?.ufrag);
    client.restartIce();
    await session.handleAnswer(parse(client.answer(sdp!)));
    const third = parse((await answer(session, client.offer())).sdp);
    expect(third.transport?.ufrag).toBe(parse(sdp).transport?.ufrag);
    expect([...peer.producers.values()]).toEqual([producer]);
  });

  test('a restart that the client has not answered is offered again with the same credentials', async () => {
    const { session } = await sessionRoom();
    const client = new SdpClient();
    client.addTrack('video');
    const before = parse((await answer(session, client.offer())).sdp).transport?.ufrag;
    const { sdp } = await session.createOffer({ iceRestart: true });
    session.rollback();
    expect(parse((await answer(session, client.offer())).sdp).transport?.ufrag).toBe(before);
    const again = await session.createOffer();
    expect(parse(again.sdp).transport?.ufrag).toBe(parse(sdp).transport?.ufrag);
  });
});

describe('what goes wrong', () => {
  test('an offer that fails leaves nothing behind', async () => {
    const { session, peer, media } = await sessionRoom();
    const client = new SdpClient();
    client.addTrack('audio');
    client.addTrack('video');
    const [transport] = media.transports;
    const produce = transport!.produce.bind(transport);
    let calls = 0;
    transport!.produce = (options) => {
      calls += 1;
      return calls === 2 ? Promise.reject(new Error('the worker is gone')) : produce(options);
    };
    await expect(answer(session, client.offer())).rejects.toThrow('the worker is gone');
    expect(peer.producers.size).toBe(0);
    expect(brief((await answer(session, client.offer())).sdp)).toEqual([
      'audio 0 recvonly',
      'video 1 recvonly',
    ]);
    expect(peer.producers.size).toBe(2);
  });

  test('a track that is refused does not touch the others and is named', async () => {
    const { session, peer } = await sessionRoom({
      hooks: {
        onPublish: ({ kind }) => {
          if (kind === 'video') throw new Error('no cameras today');
        },
      },
    });
    const client = new SdpClient();
    client.addTrack('audio');
    client.addTrack('video');
    const { sdp, refused } = await answer(session, client.offer());
    expect(brief(sdp)).toEqual(['audio 0 recvonly', 'video 1 inactive']);
    expect(refused).toEqual([
      { kind: 'video', mid: '1', code: 'PUBLISH_REFUSED', message: 'no cameras today' },
    ]);
    expect([...peer.producers.values()].map(({ kind }) => kind)).toEqual(['audio']);
  });

  test('what the client cannot play is named once, and comes when it can', async () => {
    const { session, publish } = await sessionRoom();
    const client = new SdpClient();
    const video = client.addTrack('video');
    const onlyVp9 = (offer: string) =>
      offer.replace('96 97 98 99', '98 99').replace(/a=(rtpmap|fmtp):9[67] .*\r\n/g, '');
    await answer(session, onlyVp9(client.offer()));
    const producer = await publish('video');
    session.want(producer);
    const { sdp, refused } = await session.createOffer();
    expect(sdp).toBeUndefined();
    expect(refused).toMatchObject([{ code: 'CANNOT_CONSUME', kind: 'video', producer: { id: producer.id } }]);
    expect((await session.createOffer()).refused).toEqual([]);
    video.ssrc = 9;
    await answer(session, client.offer());
    expect(await offerTo(client, session)).toEqual(['video 0 recvonly', 'video s1 sendonly']);
  });

  test('an offer of the server is taken back without a trace, and made again', async () => {
    const { session, publish, consumers } = await sessionRoom();
    const client = new SdpClient();
    client.addTrack('audio');
    await answer(session, client.offer());
    session.want(await publish('video'));
    await session.createOffer();
    expect(consumers()).toHaveLength(1);
    await expect(answer(session, client.offer())).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    session.rollback();
    expect(consumers()).toEqual([]);
    client.addTrack('video');
    expect(brief((await answer(session, client.offer())).sdp)).toEqual([
      'audio 0 recvonly',
      'video 1 recvonly',
    ]);
    expect(await offerTo(client, session)).toEqual([
      'audio 0 recvonly',
      'video 1 recvonly',
      'video s1 sendonly',
    ]);
  });

  const stable = async () => {
    const set = await sessionRoom();
    const client = new SdpClient();
    client.addTrack('audio');
    client.addTrack('video');
    await answer(set.session, client.offer());
    return { ...set, client };
  };

  test('sections that move, vanish or change are refused', async () => {
    const { session, client } = await stable();
    const offer = client.offer();
    for (const bad of [
      offer.replace('a=mid:1', 'a=mid:2').replace('BUNDLE 0 1', 'BUNDLE 0 2'),
      offer.slice(0, offer.indexOf('m=video')).replace('BUNDLE 0 1', 'BUNDLE 0'),
      offer.replace('m=video', 'm=application'),
    ])
      await expect(answer(session, bad)).rejects.toMatchObject({ code: 'SDP_INVALID' });
    expect(brief((await answer(session, offer)).sdp)).toEqual(['audio 0 recvonly', 'video 1 recvonly']);
  });

  test('answers that do not fit the offer are refused, and the offer is still out', async () => {
    const { session, client, publish } = await stable();
    await expect(session.handleAnswer(parse(client.offer()))).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    session.want(await publish('video'));
    const { sdp } = await session.createOffer();
    const good = client.answer(sdp!);
    for (const bad of [
      client.offer(),
      good.replaceAll('a=setup:active', 'a=setup:actpass'),
      good.replaceAll(/fingerprint:sha-256 ..:/g, 'fingerprint:sha-256 FF:'),
    ])
      await expect(session.handleAnswer(parse(bad))).rejects.toMatchObject({ code: 'SDP_INVALID' });
    expect(session.isOffering).toBe(true);
    await session.handleAnswer(parse(good));
    expect(session.isOffering).toBe(false);
  });

  test('another certificate is another connection', async () => {
    const { session } = await stable();
    const other = new SdpClient(2);
    other.addTrack('audio');
    expect(session.isFor(parse(other.offer()))).toBe(false);
  });
});
