import { describe, expect, test } from 'vitest';
import { isParlorError } from '../../src/errors.js';
import { peerPort } from '../../src/sdp/MediaPort.js';
import { NEGOTIATION_TIMES, Negotiator } from '../../src/sdp/Negotiator.js';
import { parseDescription } from '../../src/sdp/parse.js';
import { SdpSession } from '../../src/sdp/SdpSession.js';
import { settled } from '../support/settled.js';
import { ManualTime } from './ManualTime.js';
import { SdpClient } from './SdpClient.js';
import { sessionRoom } from './sessionRoom.js';

async function setUp() {
  const { peer, publish, media } = await sessionRoom();
  const time = new ManualTime();
  const client = new SdpClient();
  const sent: { type: 'offer' | 'answer'; sdp: string }[] = [];
  const errors: unknown[] = [];
  const log: string[] = [];
  let opened = 0;
  const negotiator: Negotiator = new Negotiator({
    open: async () => {
      for (const transport of peer.transports.values()) transport.close();
      opened += 1;
      return new SdpSession(peerPort(peer, await peer.createTransport({ direction: 'both' })));
    },
    say: (description) => sent.push(description),
    refused: (refusals) => errors.push(...refusals),
    failed: (error) => errors.push(isParlorError(error) ? error.code : error),
    timedOut: () => log.push('timed out'),
    noticed: (what) => log.push(what),
    after: (ms, action) => time.after(ms, action),
  });
  const pass = async (ms: number) => {
    time.pass(ms);
    await settled();
  };
  const offer = async () => {
    negotiator.offer(client.offer());
    await settled();
  };
  const answer = async (index = -1) => {
    negotiator.answer(client.answer(sent.at(index)!.sdp));
    await settled();
  };
  const types = () => sent.map(({ type }) => type);
  const mids = (index = -1) =>
    parseDescription(sent.at(index)!.sdp).sections.map(({ mid, direction }) => `${mid ?? ''} ${direction}`);
  return {
    negotiator,
    client,
    sent,
    errors,
    log,
    pass,
    offer,
    answer,
    types,
    mids,
    publish,
    peer,
    media,
    opened: () => opened,
  };
}

const { grace, debounce, glare, answer: patience } = NEGOTIATION_TIMES;

describe('who begins', () => {
  test('the client, if it offers in time', async () => {
    const { negotiator, client, offer, pass, types, mids } = await setUp();
    negotiator.start(['audio', 'video']);
    client.addTrack('audio');
    await offer();
    await pass(grace);
    await pass(debounce);
    expect(types()).toEqual(['answer']);
    expect(mids()).toEqual(['0 recvonly']);
  });

  test('the server, if it does not', async () => {
    const { negotiator, pass, types, mids, publish, answer } = await setUp();
    negotiator.start(['audio', 'video']);
    negotiator.want(await publish('audio'));
    await pass(grace - 1);
    expect(types()).toEqual([]);
    await pass(1);
    expect(mids()).toEqual(['s0 recvonly', 's1 recvonly', 's2 sendonly']);
    await answer();
    await pass(debounce);
    expect(types()).toEqual(['offer']);
  });
});

describe('offers of the server', () => {
  const stable = async () => {
    const set = await setUp();
    set.negotiator.start([]);
    set.client.addTrack('audio');
    await set.offer();
    await set.pass(debounce);
    set.sent.length = 0;
    return set;
  };

  test('changes that come together are offered together', async () => {
    const { negotiator, publish, pass, mids, types } = await stable();
    negotiator.want(await publish('audio'));
    negotiator.want(await publish('video'));
    await pass(debounce);
    expect(types()).toEqual(['offer']);
    expect(mids()).toEqual(['0 recvonly', 's0 sendonly', 's1 sendonly']);
  });

  test('one at a time: the next goes out when the last is answered', async () => {
    const { negotiator, publish, pass, mids, types, answer } = await stable();
    negotiator.want(await publish('audio'));
    await pass(debounce);
    negotiator.want(await publish('video'));
    await pass(debounce);
    expect(types()).toEqual(['offer']);
    await answer();
    await pass(debounce);
    expect(types()).toEqual(['offer', 'offer']);
    expect(mids()).toEqual(['0 recvonly', 's0 sendonly', 's1 sendonly']);
  });

  test('glare with a polite client: it answers ours and offers again', async () => {
    const { negotiator, client, publish, pass, types, mids, offer, answer, log, peer } = await stable();
    negotiator.want(await publish('video'));
    await pass(debounce);
    const crossing = client.addTrack('video');
    client.lines.pop();
    negotiator.offer(new SdpClientOffer(client, crossing).text);
    await answer();
    await pass(glare);
    expect(types()).toEqual(['offer']);
    expect(log).toEqual(['offers crossed']);
    crossing.mid = '7';
    client.lines.push(crossing);
    await offer();
    expect(types()).toEqual(['offer', 'answer']);
    expect(mids()).toEqual(['0 recvonly', 's0 sendonly', '7 recvonly']);
    expect(peer.producers.size).toBe(2);
  });

  test('glare with a client that does not give way: ours is taken back and comes again', async () => {
    const { negotiator, client, publish, pass, types, mids, offer, answer, log, peer } = await stable();
    negotiator.want(await publish('video'));
    await pass(debounce);
    client.addTrack('video');
    await offer();
    expect(types()).toEqual(['offer']);
    await pass(glare);
    expect(types()).toEqual(['offer', 'answer']);
    expect(mids()).toEqual(['0 recvonly', '1 recvonly']);
    await pass(debounce);
    expect(types()).toEqual(['offer', 'answer', 'offer']);
    expect(mids()).toEqual(['0 recvonly', '1 recvonly', 's1 sendonly']);
    await answer();
    await answer(0);
    expect(log).toEqual(['offers crossed', 'an answer to no offer']);
    expect(peer.producers.size).toBe(2);
    expect([...peer.consumers.values()].map(({ paused }) => paused)).toEqual([false]);
    await pass(patience);
    expect(log).not.toContain('timed out');
  });

  test('a client that never answers is given up', async () => {
    const { negotiator, publish, pass, log } = await stable();
    negotiator.want(await publish('video'));
    await pass(debounce);
    await pass(patience);
    expect(log).toEqual(['timed out']);
  });

  test('a wrong answer is named and does not stop the clock', async () => {
    const { negotiator, client, publish, pass, errors, log } = await stable();
    negotiator.want(await publish('video'));
    await pass(debounce);
    negotiator.answer(client.offer());
    negotiator.answer('hello');
    await settled();
    expect(errors).toEqual(['SDP_INVALID', 'SDP_INVALID']);
    await pass(patience);
    expect(log).toEqual(['timed out']);
  });

  test('an ICE restart is an offer with new credentials', async () => {
    const { negotiator, pass, sent, answer, types } = await stable();
    negotiator.restartIce();
    await pass(debounce);
    const [first] = sent;
    await answer();
    negotiator.restartIce();
    await pass(debounce);
    expect(types()).toEqual(['offer', 'offer']);
    const ufrag = (text: string) => parseDescription(text).transport?.ufrag;
    expect(ufrag(sent[1]!.sdp)).not.toBe(ufrag(first!.sdp));
  });
});

describe('connections', () => {
  test('another RTCPeerConnection gets another transport, and everything again', async () => {
    const { negotiator, client, publish, pass, offer, answer, mids, opened, peer, errors } = await setUp();
    client.addTrack('audio');
    await offer();
    negotiator.want(await publish('video'));
    await pass(debounce);
    await answer();
    const other = new SdpClient(2);
    other.addTrack('video');
    negotiator.offer(other.offer());
    await settled();
    expect(opened()).toBe(2);
    expect(mids()).toEqual(['0 recvonly']);
    await pass(debounce);
    expect(mids()).toEqual(['0 recvonly', 's0 sendonly']);
    expect([...peer.producers.values()].map(({ kind }) => kind)).toEqual(['video']);
    expect(peer.transports.size).toBe(1);
    expect(errors).toEqual([]);
  });

  test('after the transport was lost nothing is offered until the client comes again', async () => {
    const { negotiator, client, publish, pass, offer, types } = await setUp();
    client.addTrack('audio');
    await offer();
    negotiator.lost();
    negotiator.want(await publish('video'));
    await pass(debounce);
    expect(types()).toEqual(['answer']);
    await offer();
    await pass(debounce);
    expect(types()).toEqual(['answer', 'answer', 'offer']);
  });

  test('more descriptions at once than anybody needs are refused', async () => {
    const { negotiator, client, errors } = await setUp();
    client.addTrack('audio');
    for (let count = 0; count < 50; count += 1) negotiator.offer(client.offer());
    await settled();
    expect(errors.length).toBe(34);
    expect(new Set(errors)).toEqual(new Set(['RATE_LIMITED']));
  });

  test('what is closed says nothing more', async () => {
    const { negotiator, client, publish, pass, offer, sent } = await setUp();
    client.addTrack('audio');
    await offer();
    negotiator.want(await publish('video'));
    negotiator.close();
    await pass(debounce);
    await offer();
    expect(sent).toHaveLength(1);
  });
});

/** The offer of a client that had one more section when it wrote it. */
class SdpClientOffer {
  readonly text: string;

  constructor(client: SdpClient, line: SdpClient['lines'][number]) {
    client.lines.push(line);
    this.text = client.offer();
    client.lines.pop();
  }
}
