import { beforeEach, describe, expect, test } from 'vitest';
import { ManualTime } from '../../../test/sdp/ManualTime.js';
import { openMessage } from '../../../test/sdp/openMessage.js';
import { settled } from '../../../test/support/settled.js';
import { ParlorError } from '../../errors.js';
import { FakeDataStreams } from '../../media/fake/FakeBackend.js';
import { DataChannels } from './DataChannels.js';
import { MessageBudget } from './MessageBudget.js';
import { PPID } from './payloads.js';

let streams: FakeDataStreams;
let time: ManualTime;
let channels: DataChannels;
let heard: [text: string, label: string][];
let failures: string[];
let floods: number;

beforeEach(() => {
  streams = new FakeDataStreams();
  time = new ManualTime();
  [heard, failures, floods] = [[], [], 0];
  channels = new DataChannels({
    streams,
    data: { maxMessageSize: 100, opens: undefined },
    budget: new MessageBudget((ms, action) => time.after(ms, action)),
    owner: {
      received: (text, label) => heard.push([text, label]),
      failed: (error) => failures.push((error as ParlorError).code),
      flooded: () => {
        floods += 1;
      },
    },
  });
});

const bytes = (text: string) => new TextEncoder().encode(text);
const open = (streamId: number, label: string) => {
  streams.emit('message', { streamId, ppid: PPID.dcep, data: openMessage(label) });
};
const say = (streamId: number, text: string, ppid: number = PPID.text) => {
  streams.emit('message', { streamId, ppid, data: bytes(text) });
};
/** Texts that were sent, with the stream of each; acknowledgements are left out. */
const sent = () =>
  streams.sent.flatMap(({ streamId, ppid, data }) =>
    ppid === PPID.dcep ? [] : [`${String(streamId)} ${new TextDecoder().decode(data)}`],
  );
const closed = (streamId: number) => {
  streams.failures.set(streamId, new ParlorError('NOT_FOUND', 'closed'));
};

describe('channels', () => {
  test('are acknowledged when they are opened, and known by their labels', async () => {
    open(2, 'chat');
    say(2, 'hello');
    say(4, 'nobody opened this one');
    say(2, 'x', PPID.emptyText);
    await settled();
    expect(streams.sent).toEqual([{ streamId: 2, ppid: PPID.dcep, data: Uint8Array.of(2) }]);
    expect(heard).toEqual([
      ['hello', 'chat'],
      ['nobody opened this one', ''],
      ['', 'chat'],
    ]);
    expect(failures).toEqual([]);
  });

  test('get what their label says, the one opened first gets the rest', async () => {
    channels.send('before there is any', 'chat');
    await settled();
    open(2, 'first');
    open(0, 'chat');
    for (const topic of ['chat', 'first', 'other', '']) channels.send(`of ${topic}`, topic);
    await settled();
    expect(sent().sort()).toEqual([
      '0 before there is any',
      '0 of chat',
      '2 of ',
      '2 of first',
      '2 of other',
    ]);
  });

  test('that were closed hand over to the next, and may be opened again', async () => {
    open(0, 'a');
    open(2, 'b');
    await settled();
    closed(0);
    channels.send('1', 'a');
    await settled();
    expect(sent()).toEqual(['2 1']);
    closed(2);
    channels.send('2');
    await settled();
    // Whoever had channels and has closed them all wants nothing.
    channels.send('3');
    await settled();
    expect(sent()).toEqual(['2 1']);
    streams.failures.clear();
    open(0, 'a');
    channels.send('4');
    await settled();
    expect(sent()).toEqual(['2 1', '0 4']);
    expect(failures).toEqual([]);
  });

  test('opened again are not taken for those that were closed', async () => {
    open(0, 'a');
    await settled();
    closed(0);
    const { send } = streams;
    // What the worker does when the stream is used again.
    streams.send = async (message) => {
      const failure = streams.failures.get(message.streamId);
      streams.failures.delete(message.streamId);
      if (failure) throw failure;
      await send.call(streams, message);
    };
    open(0, 'b');
    channels.send('for the new one');
    await settled();
    expect(streams.sent.at(-2)?.ppid).toBe(PPID.dcep);
    expect(sent()).toEqual(['0 for the new one']);
  });
});

describe('what does not work', () => {
  test('is told: binary data, text that is none, messages that are too long', async () => {
    say(0, 'bytes', PPID.binary);
    streams.emit('message', { streamId: 0, ppid: PPID.text, data: Uint8Array.of(0xff) });
    channels.send('x'.repeat(101));
    channels.send('ä'.repeat(51));
    channels.send('x'.repeat(100));
    await settled();
    expect(failures).toEqual([
      'BINARY_NOT_SUPPORTED',
      'BAD_REQUEST',
      'MESSAGE_TOO_LARGE',
      'MESSAGE_TOO_LARGE',
    ]);
    expect(streams.sent).toHaveLength(1);
  });

  test('is told once, until it works again', async () => {
    open(0, '');
    await settled();
    const slow = new ParlorError('SLOW_RECEIVER', 'slow');
    for (const failure of [slow, slow, undefined, slow]) {
      if (failure) streams.failures.set(0, failure);
      else streams.failures.clear();
      channels.send('text');
      await settled();
    }
    expect(failures).toEqual(['SLOW_RECEIVER', 'SLOW_RECEIVER']);
  });

  test('nothing is heard or sent after the end', async () => {
    open(0, '');
    channels.close();
    say(0, 'hello');
    streams.failures.set(0, new ParlorError('MEDIA_UNAVAILABLE', 'gone'));
    channels.send('text');
    await settled();
    expect([heard, failures]).toEqual([[], []]);
  });
});

describe('who sends too much', () => {
  const flood = (count: number) => {
    for (let sentSoFar = 0; sentSoFar < count; sentSoFar += 1) say(0, 'x');
  };

  test('is told so once, and heard again later', () => {
    flood(1500);
    expect(heard).toHaveLength(1000);
    expect(failures).toEqual(['RATE_LIMITED']);
    time.pass(5000);
    flood(1000);
    expect(heard).toHaveLength(2000);
    expect(floods).toBe(0);
  });

  test('and does not stop has to go', () => {
    flood(6000);
    expect(floods).toBe(1);
    expect(failures).toEqual(['RATE_LIMITED']);
    time.pass(5000);
    flood(1);
    expect(heard).toHaveLength(1000);
  });
});
