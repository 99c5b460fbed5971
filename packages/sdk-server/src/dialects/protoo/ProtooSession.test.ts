import { describe, expect, test, vi } from 'vitest';
import { sampleAudio, sampleDtls } from '../../testing/rtpSamples.js';
import { server } from './testing/protooServer.js';

describe('joinRoom', () => {
  test('answers with the whole room and both transports in one round trip', async () => {
    const { connect } = server();
    const alice = connect('alice');
    await alice.join({ displayName: 'Alice', transports: ['send', 'recv'] });
    await alice.request('produce', {
      kind: 'audio',
      rtpParameters: sampleAudio(),
      appData: { source: 'microphone' },
    });
    const answer = await connect('bob').join({ transports: ['send', 'recv'] });
    expect(answer).toMatchObject({
      ok: true,
      data: {
        roomId: 'room',
        peerId: 'bob',
        displayName: 'bob',
        peers: [{ id: 'alice', displayName: 'Alice' }],
        producers: [{ peerId: 'alice', kind: 'audio', appData: { source: 'microphone' }, paused: false }],
        iceServers: [{ urls: 'stun:stun.example.com' }],
        topology: 'sfu',
        transports: { send: { id: expect.any(String) }, recv: { id: expect.any(String) } },
        resumeToken: expect.any(String),
      },
    });
  });

  test('nothing overtakes the answer, and nothing in it is told again', async () => {
    const { connect } = server();
    const alice = connect('alice');
    const bob = connect('bob');
    await Promise.all([alice.join({ transports: ['send'] }), bob.join({ transports: ['send'] })]);
    for (const peer of [alice, bob]) {
      expect(peer.socket.frames[0]).toHaveProperty('response');
      const { peers } = peer.socket.frames[0]?.['data'] as { peers: unknown[] };
      const joined = peer.notifications().filter(({ method }) => method === 'peerJoined');
      expect(peers.length + joined.length).toBe(1);
    }
  });

  test('requests sent right behind it wait for it', async () => {
    const { connect } = server();
    const { join, request } = connect('alice');
    const [, created] = await Promise.all([join(), request('createWebRtcTransport', { direction: 'send' })]);
    expect(created).toMatchObject({ ok: true });
  });

  test('twice, with other ids, or not at all: coded errors', async () => {
    const { connect } = server();
    const { join, request } = connect('alice');
    expect(await request('produce', { kind: 'audio', rtpParameters: sampleAudio() })).toMatchObject({
      code: 'NOT_JOINED',
    });
    expect(await join({ roomId: 'other' })).toMatchObject({ code: 'BAD_REQUEST' });
    await join();
    expect(await join()).toMatchObject({ ok: false, code: 'ALREADY_JOINED', errorCode: 409 });
  });

  test('a socket that is lost while joining leaves nobody in the room', async () => {
    const { connect, rooms } = server();
    const { socket } = connect('alice');
    const closed = new Promise((resolve) => rooms.on('closed', resolve));
    socket.receive(
      JSON.stringify({ request: true, id: 1, method: 'joinRoom', data: { roomId: 'room', peerId: 'alice' } }),
    );
    socket.lose();
    await closed;
    expect(rooms.size).toBe(0);
  });
});

describe('a session', () => {
  test('numbers its notifications from 1 without gaps', async () => {
    const { connect } = server();
    const alice = connect('alice');
    await alice.join();
    const others = ['bob', 'carol', 'dave'].map((peerId) => connect(peerId));
    for (const other of others) await other.join();
    for (const other of others) other.socket.lose();
    const seqs = alice.notifications().map(({ data }) => (data as { seq: number }).seq);
    expect(seqs).toEqual([1, 2, 3, 4, 5, 6]);
  });

  test('a client that names only what the source names holds a call', async () => {
    const { connect } = server();
    const [alice, bob] = [connect('alice'), connect('bob')];
    for (const peer of [alice, bob]) {
      await peer.join();
      const sending = await peer.request('createWebRtcTransport', { producing: true, consuming: false });
      const receiving = await peer.request('createWebRtcTransport', { producing: false, consuming: true });
      for (const { data } of [sending, receiving]) {
        const { id } = data as { id: string };
        expect(
          await peer.request('connectWebRtcTransport', { transportId: id, dtlsParameters: sampleDtls() }),
        ).toMatchObject({ ok: true });
      }
    }
    const produced = await alice.request('produce', {
      kind: 'audio',
      rtpParameters: sampleAudio(),
      appData: {},
    });
    const { producerId } = produced['data'] as { producerId: string };
    const announced = bob.notifications().find(({ method }) => method === 'newProducer');
    expect(announced).toMatchObject({ data: { producerId, kind: 'audio', peerId: 'alice' } });
    const rtpCapabilities = {
      codecs: [{ kind: 'audio', mimeType: 'audio/opus', clockRate: 48_000 }],
      headerExtensions: [],
    };
    const consumed = await bob.request('consume', { producerId, rtpCapabilities });
    expect(consumed).toMatchObject({ data: { producerId, kind: 'audio', paused: true } });
    const { consumerId } = consumed['data'] as { consumerId: string };
    expect(await bob.request('resume', { consumerId })).toMatchObject({ ok: true });
    await alice.request('closeProducer', { producerId });
    expect(bob.notifications().at(-1)).toMatchObject({ method: 'producerClosed', data: { producerId } });
  });

  test('many consumers are resumed together, past those that are gone', async () => {
    const { connect, backend } = server();
    const [alice, bob] = [connect('alice'), connect('bob')];
    for (const peer of [alice, bob]) await peer.join({ transports: ['send', 'recv'] });
    const { data } = await alice.request('produce', { kind: 'audio', rtpParameters: sampleAudio() });
    const { producerId } = data as { producerId: string };
    const rtpCapabilities = backend.rooms.get('room')?.rtpCapabilities;
    const consumed = await bob.request('consume', { producerId, rtpCapabilities });
    const { consumerId } = consumed['data'] as { consumerId: string };
    expect(await bob.request('resume', { consumerIds: ['gone', consumerId] })).toMatchObject({ ok: true });
    const media = [...(backend.rooms.get('room')?.transports ?? [])].flatMap(({ consumers }) => [
      ...consumers,
    ]);
    expect(media.map(({ paused }) => paused)).toEqual([false]);
    expect(await bob.request('resume', { consumerId: 'gone' })).toMatchObject({ code: 'CONSUMER_NOT_FOUND' });
  });

  test('who follows gets consumers unasked and resumes them without waiting for an answer', async () => {
    const { connect, backend } = server();
    const [alice, bob] = [connect('alice'), connect('bob')];
    for (const peer of [alice, bob]) await peer.join({ transports: ['send', 'recv'] });
    const media = () =>
      [...(backend.rooms.get('room')?.transports ?? [])].flatMap(({ consumers }) => [...consumers]);
    const rtpCapabilities = backend.rooms.get('room')?.rtpCapabilities;
    await bob.request('subscribe', { producerIds: [], follow: true, rtpCapabilities });
    await alice.request('produce', { kind: 'audio', rtpParameters: sampleAudio() });
    const { data } = await vi.waitFor(() => {
      const heard = bob.notifications().find(({ method }) => method === 'newProducer');
      if (!heard) throw new Error('not yet');
      return heard;
    });
    const { consumer } = data as { consumer: { consumerId: string } };
    const { consumerId } = consumer;
    await bob.request('pause', { consumerId });
    const answers = bob.socket.frames.length;
    const tell = (method: string, told: unknown) => {
      bob.socket.receive(JSON.stringify({ notification: true, method, data: told }));
    };
    tell('resume', { consumerIds: ['gone', consumerId] });
    tell('nobodyKnows', {});
    expect(media().map(({ paused }) => paused)).toEqual([false]);
    expect(bob.socket.frames).toHaveLength(answers);
    tell('resume', { consumerIds: 'all of them' });
    expect(bob.socket.frames.at(-1)).toMatchObject({ method: 'error', data: { code: 'BAD_REQUEST' } });
  });

  test('signals need no answer; one for nobody is told so', async () => {
    const { connect } = server();
    const [alice, bob] = [connect('alice'), connect('bob')];
    for (const peer of [alice, bob]) await peer.join();
    const answers = alice.socket.frames.length;
    const tell = (data: object) => {
      alice.socket.receive(JSON.stringify({ notification: true, method: 'signal', data }));
    };
    tell({ to: 'bob', description: { type: 'offer', sdp: 'v=0' }, from: 'mallory' });
    expect(bob.notifications().at(-1)).toMatchObject({
      method: 'signal',
      data: { from: 'alice', description: { type: 'offer', sdp: 'v=0' } },
    });
    expect(alice.socket.frames).toHaveLength(answers);
    tell({ to: 'nobody', candidate: null });
    expect(alice.socket.frames.at(-1)).toMatchObject({ method: 'error', data: { code: 'PEER_NOT_FOUND' } });
    tell({ to: 'bob' });
    expect(alice.socket.frames.at(-1)).toMatchObject({ method: 'error', data: { code: 'BAD_REQUEST' } });
  });

  test('objects of others are not found', async () => {
    const { connect } = server();
    const [alice, mallory] = [connect('alice'), connect('mallory')];
    await alice.join({ transports: ['send', 'recv'] });
    const joined = alice.socket.frames[0]?.['data'] as { transports: { send: { id: string } } };
    const { data } = await alice.request('produce', { kind: 'audio', rtpParameters: sampleAudio() });
    const { producerId } = data as { producerId: string };
    await mallory.join({ transports: ['send'] });
    const transportId = joined.transports.send.id;
    for (const [method, body, code] of [
      ['closeProducer', { producerId }, 'PRODUCER_NOT_FOUND'],
      ['pauseProducer', { producerId }, 'PRODUCER_NOT_FOUND'],
      ['connectWebRtcTransport', { transportId, dtlsParameters: sampleDtls() }, 'TRANSPORT_NOT_FOUND'],
      ['restartIce', { transportId }, 'TRANSPORT_NOT_FOUND'],
      ['getTransportStats', { transportId }, 'TRANSPORT_NOT_FOUND'],
      ['closeTransport', { transportId }, 'TRANSPORT_NOT_FOUND'],
      ['produce', { transportId, kind: 'audio', rtpParameters: sampleAudio() }, 'TRANSPORT_NOT_FOUND'],
      ['resume', { consumerId: 'consumer-1' }, 'CONSUMER_NOT_FOUND'],
    ] as const) {
      expect(await mallory.request(method, body), method).toMatchObject({ ok: false, code });
    }
  });

  test('what is no request gets a coded notification and the connection stays', async () => {
    const { connect } = server();
    const { socket, notifications, join } = connect('alice');
    for (const text of ['{', '[]', '"x"', '{"request":true,"method":"joinRoom"}', '{}']) socket.receive(text);
    expect(notifications().map(({ data }) => (data as { code: string }).code)).toEqual([
      'INVALID_JSON',
      'BAD_REQUEST',
      'BAD_REQUEST',
      'BAD_REQUEST',
      'BAD_REQUEST',
    ]);
    socket.receive('{"response":true,"id":1,"ok":true}');
    socket.receive('{"notification":true,"method":"x"}');
    expect(notifications()).toHaveLength(5);
    expect(socket.closed).toBeUndefined();
    expect(await join()).toMatchObject({ ok: true });
  });

  test('unknown methods and wrong types are answered, names of prototype members too', async () => {
    const { connect } = server();
    const { request, join } = connect('alice');
    await join();
    for (const method of ['fly', 'constructor', '__proto__', 'toString']) {
      expect(await request(method)).toMatchObject({ ok: false, code: 'UNKNOWN_METHOD', errorCode: 404 });
    }
    const wrong = await request('produce', { kind: 'smell', rtpParameters: 7 });
    expect(wrong).toMatchObject({ ok: false, code: 'BAD_REQUEST' });
    expect(wrong['errorReason']).toMatch(/data\.kind.*data\.rtpParameters/);
  });

  test('ICE servers are to be had at any time, by whoever is in', async () => {
    const { request, join } = server().connect('alice');
    expect(await request('getIceServers')).toMatchObject({ ok: false, code: 'NOT_JOINED' });
    await join({ topology: 'p2p' });
    expect(await request('getIceServers')).toMatchObject({
      ok: true,
      data: { iceServers: [{ urls: 'stun:stun.example.com' }] },
    });
  });

  test('leave ends the membership, not the connection', async () => {
    const { connect, rooms } = server();
    const { request, join } = connect('alice');
    await join();
    expect(await request('leave')).toMatchObject({ ok: true });
    expect(rooms.size).toBe(0);
    expect(await join()).toMatchObject({ ok: true });
  });

  test('nobody waits for who has come in by the path that everybody changes over to', async () => {
    const { connect, rooms, backend } = server();
    const room = await rooms.open('room', { topology: 'sfu' });
    room.once('peerJoined', () => {
      backend.rooms.get('room')?.emit('died');
    });
    const alice = connect('alice');
    const answer = await alice.join({ topology: 'auto', transports: ['send', 'recv'] });
    expect(answer).toMatchObject({ ok: true, data: { topology: 'sfu', path: 2, transports: { send: {} } } });
    // Otherwise the next change had to wait for its word.
    await room.setTopology('p2p');
    expect(room.topology).toBe('p2p');
  });

  test('the end of a membership closes the socket: for good, or with an invitation to come back', async () => {
    const { connect, rooms, backend } = server();
    const [alice, bob] = [connect('alice'), connect('bob')];
    await alice.join();
    await bob.join();
    rooms.get('room')?.peers.get('alice')?.remove();
    expect(alice.socket.closed).toEqual([4000, 'PEER_REMOVED']);
    backend.rooms.get('room')?.emit('died');
    expect(bob.notifications().at(-1)).toMatchObject({
      method: 'roomClosed',
      data: { reason: 'mediaServerDied' },
    });
    expect(bob.socket.closed).toEqual([4503, 'MEDIA_SERVER_DIED']);
  });
});
