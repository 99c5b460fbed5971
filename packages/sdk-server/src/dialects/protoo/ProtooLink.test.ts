import { describe, expect, it } from 'vitest';
import type { RoomUpdate } from '../../core/updates.js';
import { ProtooLink } from './ProtooLink.js';
import { MemorySocket } from './testing/protooServer.js';

const speakers = (level: number): RoomUpdate => ({
  type: 'activeSpeakers',
  speakers: [{ peerId: 'ann', level }],
});
const score = (consumerId: string, score: number): RoomUpdate => ({
  type: 'consumerScore',
  consumerId,
  score,
  producerScore: 10,
});
const message = (text: string): RoomUpdate => ({ type: 'message', from: 'ann', topic: 't', payload: text });

const setUp = () => {
  const socket = new MemorySocket();
  const link = new ProtooLink(socket, { linkEnded: () => undefined });
  const said = (by = socket) => by.frames.map(({ method, data }) => ({ method, data }));
  return { socket, link, said };
};

describe('a client that is behind with reading', () => {
  it('hears the last of what changes all the time, once it has caught up, and everything else at once', () => {
    const { socket, link, said } = setUp();
    link.send(speakers(1));
    socket.isBehind = true;
    link.send(speakers(2));
    link.send(message('a'));
    link.send(score('c1', 3));
    link.send(speakers(4));
    link.send(score('c1', 5));
    link.send(score('c2', 6));
    link.send(message('b'));
    expect(said().map(({ method }) => method)).toEqual(['activeSpeakers', 'message', 'message']);
    socket.catchUp();
    expect(said().slice(3)).toEqual([
      { method: 'activeSpeakers', data: { seq: 4, speakers: [{ peerId: 'ann', level: 4 }] } },
      { method: 'consumerScore', data: { seq: 5, consumerId: 'c1', score: 5, producerScore: 10 } },
      { method: 'consumerScore', data: { seq: 6, consumerId: 'c2', score: 6, producerScore: 10 } },
    ]);
    link.send(speakers(7));
    expect(said().at(-1)).toEqual({
      method: 'activeSpeakers',
      data: { seq: 7, speakers: [{ peerId: 'ann', level: 7 }] },
    });
  });

  it('hears nothing of what is over by then', () => {
    const { socket, link, said } = setUp();
    socket.isBehind = true;
    link.send(score('c1', 3));
    link.send(score('c2', 3));
    link.send({ type: 'consumerClosed', consumerId: 'c1', producerId: 'p1' });
    socket.catchUp();
    expect(said().map(({ method, data }) => [method, (data as { consumerId: string }).consumerId])).toEqual([
      ['consumerClosed', 'c1'],
      ['consumerScore', 'c2'],
    ]);
  });
});

describe('a client that is away', () => {
  it('misses no message for scores, and hears the last ones when it is back', () => {
    const { link, said } = setUp();
    link.keepHistory();
    link.send(message('before'));
    link.detach();
    link.send(message('kept'));
    for (let time = 0; time < 2000; time++) link.send(score('c1', time));
    expect(link.missedSince(1)).toHaveLength(1);

    const next = new MemorySocket();
    for (const text of link.missedSince(1) ?? []) next.send(text);
    link.attach(next);
    expect(said(next).map(({ method, data }) => [method, (data as { seq: number }).seq])).toEqual([
      ['message', 2],
      ['consumerScore', 3],
    ]);
    expect(said(next).at(-1)?.data).toMatchObject({ score: 1999 });
    expect(said()).toHaveLength(1);
  });

  it('is told on its new connection, whatever becomes of the old one', () => {
    const { socket, link, said } = setUp();
    socket.isBehind = true;
    link.send(speakers(1));
    link.detach();
    const next = new MemorySocket();
    link.attach(next);
    socket.catchUp();
    expect(said(socket)).toEqual([]);
    expect(said(next)).toHaveLength(1);
  });
});

it('sends soon what nobody waits for, and all else at once', () => {
  const soon: string[] = [];
  class PatientSocket extends MemorySocket {
    override sendSoon(text: string): void {
      soon.push((JSON.parse(text) as { method: string }).method);
      this.send(text);
    }
  }
  const socket = new PatientSocket();
  const link = new ProtooLink(socket, { linkEnded: () => undefined });
  const peer = { id: 'bob', displayName: 'Bob' };
  link.send({ type: 'peerJoined', peer, canWait: true });
  link.send({ type: 'peerJoined', peer, canWait: false });
  link.send(message('a'));
  link.send(score('c1', 5));
  expect(soon).toEqual(['peerJoined', 'consumerScore']);
  expect(socket.frames.map(({ data }) => (data as { seq: number }).seq)).toEqual([1, 2, 3, 4]);
  expect(JSON.stringify(socket.frames)).not.toContain('canWait');
});
