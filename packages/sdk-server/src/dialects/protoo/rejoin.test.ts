import { describe, expect, test, vi } from 'vitest';
import { ParlorError } from '../../errors.js';
import { server, type Frame } from './testing/protooServer.js';

type Server = ReturnType<typeof server>;
type Client = ReturnType<Server['connect']>;

const OURS = { resumable: true, topology: 'sfu', paths: true, transports: ['send', 'recv'] };
const PRODUCE = {
  kind: 'video',
  rtpParameters: {
    codecs: [{ mimeType: 'video/VP8', payloadType: 101, clockRate: 90_000 }],
    encodings: [{ ssrc: 1 }],
  },
};

async function join(to: Server, peerId: string, data: object = {}) {
  const client = to.connect(peerId);
  const answer = await client.join({ ...OURS, ...data });
  return { client, answer, token: (answer['data'] as { resumeToken: string } | undefined)?.resumeToken };
}
const back = (to: Server, resumeToken: string | undefined, peerId = 'alice') =>
  join(to, peerId, { resumeToken });
const methods = ({ notifications }: Client) => notifications().map(({ method }) => method);
const idOf = ({ data }: Frame) => (data as { producerId: string }).producerId;
const say = (client: Client, payload: unknown) => client.request('sendMessage', { topic: 'chat', payload });

/** One who has missed too much to be told: what is heard of it, in the end, by who has seen it all. */
async function missedTooMuch() {
  const to = server();
  const [alice, bob] = [await join(to, 'alice'), await join(to, 'bob')];
  const id = idOf(await alice.client.request('produce', PRODUCE));
  alice.client.socket.lose();
  for (let i = 0; i < 600; i++) await say(bob.client, i);
  const late = await to.connect('alice').request('resumeSession', { resumeToken: alice.token, seq: 0 });
  expect(late).toMatchObject({ ok: false, code: 'SESSION_NOT_FOUND' });
  return { to, alice, bob, id };
}

describe('a client that has missed too much joins anew', () => {
  test('without being seen to leave; its publications go on under their ids', async () => {
    const { to, alice, bob, id } = await missedTooMuch();
    const before = methods(bob.client).length;
    const { client, answer } = await back(to, alice.token);
    expect(answer).toMatchObject({ ok: true, data: { peers: [{ id: 'bob' }], producers: [] } });
    expect(idOf(await client.request('produce', { ...PRODUCE, formerId: id }))).toBe(id);
    await say(client, 'here I am');
    await to.clock.pass(60_000);
    expect(methods(bob.client).slice(before)).toEqual(['peerReturned', 'producerMoved', 'message']);
    await say(bob.client, 'welcome');
    expect(methods(client)).toEqual(['message']);
  });

  test('and its former connection says nothing more', async () => {
    const to = server();
    const alice = await join(to, 'alice');
    const bob = await join(to, 'bob');
    const again = await back(to, alice.token);
    expect(alice.client.socket.closed).toEqual([4000, 'PEER_REPLACED']);
    expect(await say(alice.client, 'from the grave')).toMatchObject({ ok: false, code: 'NOT_JOINED' });
    expect(await alice.client.request('leave')).toMatchObject({ ok: false, code: 'NOT_JOINED' });
    alice.client.socket.lose(1000);
    await to.clock.pass(60_000);
    expect(await say(again.client, 'still here')).toMatchObject({ ok: true });
    expect(methods(bob.client)).toEqual(['peerReturned', 'message']);
  });

  test('as often as it likes, and is lost for good in time', async () => {
    const { to, alice, bob } = await missedTooMuch();
    let { token } = alice;
    for (let round = 0; round < 3; round++) {
      const again = await back(to, token);
      token = again.token;
      again.client.socket.lose();
      await to.clock.pass(29_999);
    }
    expect(methods(bob.client)).not.toContain('peerLeft');
    await to.clock.pass(1);
    expect(methods(bob.client).at(-1)).toBe('peerLeft');
    expect(to.clock.pending).toBe(0);
  });
});

describe('joining anew that comes to nothing', () => {
  /** The media server does not answer in time: what is done about it is the test's. */
  function stalled(to: Server) {
    const media = to.backend.rooms.get('room');
    if (!media) throw new Error('there is no room');
    let fail: (error: Error) => void = () => undefined;
    const spy = vi.spyOn(media, 'createTransport').mockImplementation(
      () =>
        new Promise((_resolve, reject) => {
          fail = reject;
        }),
    );
    return {
      asked: () =>
        vi.waitFor(() => {
          expect(spy).toHaveBeenCalled();
        }),
      fail: () => {
        spy.mockRestore();
        fail(new ParlorError('MEDIA_UNAVAILABLE', 'no transport'));
      },
    };
  }

  test.each([
    ['because the connection is lost again', 1006],
    ['because the media server fails', undefined],
  ])('is no leaving %s: the client may try again', async (_why, code) => {
    const { to, alice, bob } = await missedTooMuch();
    const transports = stalled(to);
    const client = to.connect('alice');
    const joining = client.join({ ...OURS, resumeToken: alice.token });
    await transports.asked();
    if (code !== undefined) client.socket.lose(code);
    transports.fail();
    if (code === undefined) expect(await joining).toMatchObject({ ok: false, code: 'MEDIA_UNAVAILABLE' });
    else joining.catch(() => undefined);
    await to.clock.pass(29_999);
    expect(await back(to, alice.token)).toMatchObject({ answer: { ok: true } });
    await to.clock.pass(60_000);
    expect(methods(bob.client)).not.toContain('peerLeft');
  });

  test('is one in the end, when nobody tries again', async () => {
    const { to, alice, bob } = await missedTooMuch();
    const transports = stalled(to);
    const client = to.connect('alice');
    const joining = client.join({ ...OURS, resumeToken: alice.token });
    await transports.asked();
    transports.fail();
    await joining;
    client.socket.lose(3001);
    await to.clock.pass(29_999);
    expect(methods(bob.client)).not.toContain('peerLeft');
    await to.clock.pass(1);
    expect(methods(bob.client).at(-1)).toBe('peerLeft');
    expect(to.clock.pending).toBe(0);
  });

  test('is one at once for who goes, and for who was not here before', async () => {
    const { to, alice, bob } = await missedTooMuch();
    const transports = stalled(to);
    const client = to.connect('alice');
    client.join({ ...OURS, resumeToken: alice.token }).catch(() => undefined);
    await transports.asked();
    client.socket.lose(1000);
    transports.fail();
    await vi.waitFor(() => {
      expect(methods(bob.client).at(-1)).toBe('peerLeft');
    });
    const once = stalled(to);
    const carol = join(to, 'carol');
    await once.asked();
    once.fail();
    expect((await carol).answer).toMatchObject({ ok: false, code: 'MEDIA_UNAVAILABLE' });
    expect(methods(bob.client).slice(-2)).toEqual(['peerJoined', 'peerLeft']);
  });
});
