import { sampleAudio, sampleDtls, sampleVideo } from '../../src/testing/rtpSamples.js';
import type { Stage } from './recordTranscript.js';
import { rtpCapabilities } from './requests.js';

export interface Scenario {
  name: string;
  about: string;
  /** Default: protoo. */
  dialect?: string;
  refuses?: { join?: Record<string, string>; publish?: Record<string, string> };
  play(stage: Stage): Promise<void>;
}

type Data = Record<string, never> & { [key: string]: Data };

const audio = () => ({ kind: 'audio', rtpParameters: sampleAudio(), appData: { source: 'microphone' } });
const video = () => ({ kind: 'video', rtpParameters: sampleVideo(), appData: { source: 'camera' } });

const join = (stage: Stage, client: string, data: object = {}) =>
  stage.asks(client, 'joinRoom', { roomId: 'room', peerId: client, ...data }) as Promise<Data>;

/** Joins as our own client does: both transports in the answer. */
async function joinWithTransports(stage: Stage, client: string): Promise<{ send: string; recv: string }> {
  await stage.connects(client);
  const { transports } = await join(stage, client, { rtpCapabilities, transports: ['send', 'recv'] });
  return { send: String(transports?.['send']?.['id']), recv: String(transports?.['recv']?.['id']) };
}

async function produce(stage: Stage, client: string, publication: object): Promise<string> {
  const { producerId } = (await stage.asks(client, 'produce', publication)) as Data;
  return String(producerId);
}

/** Both transports of another path of the room. */
async function openPath(stage: Stage, client: string, path: number): Promise<{ send: string }> {
  const opened = (await stage.asks(client, 'openPath', { path, transports: ['send', 'recv'] })) as Data;
  return { send: String(opened['transports']?.['send']?.['id']) };
}

export const scenarios: Scenario[] = [
  {
    name: 'join',
    about: 'Two join one after the other and leave: by word and by losing the connection.',
    async play(stage) {
      await stage.connects('alice');
      await join(stage, 'alice', { displayName: 'Alice' });
      await stage.connects('bob');
      await join(stage, 'bob');
      await stage.asks('bob', 'ping');
      await stage.asks('bob', 'leave');
      await join(stage, 'bob', { displayName: 'Bob' });
      await stage.disconnects('bob');
    },
  },
  {
    name: 'resume',
    about:
      'A connection breaks and is taken up again: nobody hears of it, and nothing that was said is lost.',
    async play(stage) {
      await stage.connects('alice');
      const { resumeToken } = await join(stage, 'alice', { resumable: true });
      await stage.connects('bob');
      await join(stage, 'bob');
      await stage.hears('alice', 'peerJoined');
      await stage.loses('alice');
      await stage.asks('bob', 'sendMessage', { topic: 'chat', payload: 'while you were away' });
      await stage.connects('alice again', { peerId: 'alice' });
      await stage.asks('alice again', 'resumeSession', { resumeToken, seq: 1 });
      await stage.hears('alice again', 'message');
      await stage.asks('alice again', 'sendMessage', { topic: 'chat', payload: 'I am back' });
      await stage.hears('bob', 'message');
      await stage.disconnects('alice again');
      await stage.hears('bob', 'peerLeft');
      await stage.connects('alice too late', { peerId: 'alice' });
      await stage.asks('alice too late', 'resumeSession', { resumeToken, seq: 1 });
    },
  },
  {
    name: 'source-document-call',
    about: 'A call with the requests of the source document and the two for transports, nothing else.',
    async play(stage) {
      for (const client of ['alice', 'bob']) {
        await stage.connects(client);
        await join(stage, client);
        for (const directions of [
          { producing: true, consuming: false },
          { producing: false, consuming: true },
        ]) {
          const { id } = (await stage.asks(client, 'createWebRtcTransport', directions)) as Data;
          await stage.asks(client, 'connectWebRtcTransport', {
            transportId: id,
            dtlsParameters: sampleDtls(),
          });
        }
      }
      for (const publication of [audio(), video()]) {
        const producerId = await produce(stage, 'alice', publication);
        const { consumerId } = (await stage.asks('bob', 'consume', { producerId, rtpCapabilities })) as Data;
        await stage.asks('bob', 'resume', { consumerId });
        await stage.asks('alice', 'closeProducer', { producerId });
      }
    },
  },
  {
    name: 'join-and-subscribe',
    about: 'One round trip to be in the room with both transports, one more to receive everybody.',
    async play(stage) {
      const { send } = await joinWithTransports(stage, 'alice');
      const microphone = await produce(stage, 'alice', { transportId: send, ...audio() });
      const camera = await produce(stage, 'alice', { transportId: send, ...video(), paused: true });
      const { recv } = await joinWithTransports(stage, 'bob');
      const { consumers } = (await stage.asks('bob', 'subscribe', {
        producerIds: [microphone, camera, 'producer-that-is-gone'],
      })) as Data;
      await stage.asks('bob', 'connectWebRtcTransport', { transportId: recv, dtlsParameters: sampleDtls() });
      const consumerIds = (consumers as unknown as { consumerId: string }[]).map(
        ({ consumerId }) => consumerId,
      );
      await stage.asks('bob', 'pause', { consumerIds });
      await stage.asks('bob', 'resume', { consumerIds });
      await stage.asks('bob', 'setPreferredLayers', {
        consumerId: consumerIds[1],
        spatialLayer: 1,
        temporalLayer: 0,
      });
      await stage.asks('bob', 'requestKeyFrame', { consumerId: consumerIds[1] });
      await stage.asks('bob', 'closeConsumer', { consumerId: consumerIds[0] });
      await stage.disconnects('alice');
    },
  },
  {
    name: 'follow',
    about: 'Who follows the room receives what is published with its announcement and asks for nothing.',
    async play(stage) {
      const { recv } = await joinWithTransports(stage, 'alice');
      await stage.asks('alice', 'subscribe', { producerIds: [], follow: true });
      const { send } = await joinWithTransports(stage, 'bob');
      const microphone = await produce(stage, 'bob', { transportId: send, ...audio() });
      await stage.hears('alice', 'newProducer');
      await stage.asks('alice', 'connectWebRtcTransport', {
        transportId: recv,
        dtlsParameters: sampleDtls(),
      });
      await produce(stage, 'bob', { transportId: send, ...video() });
      await stage.hears('alice', 'newProducer');
      await stage.asks('alice', 'subscribe', { producerIds: [], follow: false });
      await stage.asks('bob', 'closeProducer', { producerId: microphone });
      await produce(stage, 'bob', { transportId: send, ...audio() });
      await stage.disconnects('bob');
    },
  },
  {
    name: 'held',
    about:
      'Of two cameras one is forwarded, and another one when it is pinned; a client may take consumers later.',
    async play(stage) {
      await joinWithTransports(stage, 'alice');
      await joinWithTransports(stage, 'dave');
      const first = await produce(stage, 'alice', video());
      const second = await produce(stage, 'dave', video());
      for (const [client, lazy] of [
        ['bob', true],
        ['carol', false],
      ] as const) {
        await stage.connects(client);
        await join(stage, client, { rtpCapabilities, transports: ['recv'], lazy });
        await stage.asks(client, 'setForwarding', { lastN: 1 });
        await stage.asks(client, 'subscribe', { producerIds: [first, second], follow: true });
        await stage.asks(client, 'setForwarding', { lastN: 1, pinned: [second] });
        await stage.hears(client, lazy ? 'newConsumer' : 'consumerResumed');
        await stage.asks(client, 'setForwarding', { lastN: 1, pinned: [first] });
        await stage.hears(client, 'consumerResumed');
        await stage.asks(client, 'setForwarding', { lastN: 0 });
        await stage.hears(client, 'consumerPaused');
      }
      await stage.asks('alice', 'pauseProducer', { producerId: first });
      await stage.asks('alice', 'resumeProducer', { producerId: first });
      await stage.asks('dave', 'closeProducer', { producerId: second });
      await produce(stage, 'dave', video());
      await stage.hears('bob', 'newProducer');
      await stage.hears('carol', 'newProducer');
    },
  },
  {
    name: 'mute',
    about: 'Paused and resumed by the owner and by the host, for those who consume and those who do not.',
    async play(stage) {
      await joinWithTransports(stage, 'alice');
      await joinWithTransports(stage, 'bob');
      await joinWithTransports(stage, 'carol');
      const producerId = await produce(stage, 'alice', audio());
      await stage.asks('bob', 'consume', { producerId });
      await stage.asks('alice', 'pauseProducer', { producerId });
      await stage.asks('alice', 'pauseProducer', { producerId });
      await stage.asks('alice', 'resumeProducer', { producerId });
      await stage.host('mutesPeer', { peerId: 'alice' });
      await stage.asks('alice', 'resumeProducer', { producerId });
    },
  },
  {
    name: 'transports',
    about: 'New ICE credentials, and closing a transport with what is on it.',
    async play(stage) {
      const { send, recv } = await joinWithTransports(stage, 'alice');
      await joinWithTransports(stage, 'bob');
      await stage.asks('alice', 'connectWebRtcTransport', {
        transportId: send,
        dtlsParameters: sampleDtls(),
      });
      await stage.asks('alice', 'connectWebRtcTransport', {
        transportId: send,
        dtlsParameters: sampleDtls(),
      });
      await stage.asks('alice', 'restartIce', { transportId: send });
      await produce(stage, 'alice', audio());
      await stage.asks('alice', 'closeTransport', { transportId: send });
      await stage.asks('alice', 'produce', audio());
      await stage.asks('alice', 'createWebRtcTransport', { direction: 'send' });
      await produce(stage, 'alice', video());
      await stage.asks('alice', 'closeTransport', { transportId: recv });
    },
  },
  {
    name: 'transport-stats',
    about: 'What has gone over a transport; nobody else may ask.',
    async play(stage) {
      const { send } = await joinWithTransports(stage, 'alice');
      await stage.asks('alice', 'getTransportStats', { transportId: send });
      await stage.asks('alice', 'getTransportStats', { transportId: 'nobodys' });
      await stage.asks('alice', 'getTransportStats', {});
    },
  },
  {
    name: 'messages',
    about: 'Relayed to everybody, to one, to some, and from the host application.',
    async play(stage) {
      for (const client of ['alice', 'bob', 'carol']) {
        await stage.connects(client);
        await join(stage, client);
      }
      await stage.asks('alice', 'sendMessage', { topic: 'chat', payload: { text: 'hello' } });
      await stage.asks('alice', 'sendMessage', { to: 'bob', topic: 'chat', payload: 'only you' });
      await stage.asks('bob', 'sendMessage', { to: ['alice', 'carol'], topic: 'hand', payload: null });
      await stage.asks('bob', 'sendMessage', { to: ['alice', 'nobody'], topic: 'chat', payload: 1 });
      await stage.host('sendsMessage', { topic: 'notice', payload: ['the room closes at ten'] });
    },
  },
  {
    name: 'p2p',
    about:
      'A P2P room: publications are announced, signals pass to the one they are for, nothing else is there.',
    async play(stage) {
      for (const client of ['alice', 'bob', 'carol']) {
        await stage.connects(client);
        await join(stage, client, { topology: 'p2p' });
      }
      const producerId = await produce(stage, 'alice', { kind: 'audio', appData: { source: 'microphone' } });
      const connection = 'first';
      await stage.asks('alice', 'signal', {
        to: 'bob',
        connection,
        description: { type: 'offer', sdp: 'v=0', tracks: { '0': producerId } },
      });
      const candidate = {
        candidate: 'candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host',
        sdpMid: '0',
        sdpMLineIndex: 0,
        usernameFragment: 'abcd',
      };
      await stage.asks('alice', 'signal', { to: 'bob', connection, candidate });
      await stage.asks('alice', 'signal', { to: 'bob', connection, candidate: null });
      await stage.asks('bob', 'signal', {
        to: 'alice',
        connection,
        description: { type: 'answer', sdp: 'v=0' },
      });
      await stage.asks('bob', 'signal', {
        to: 'alice',
        connection,
        description: { type: 'rollback', sdp: '' },
      });
      await stage.asks('bob', 'signal', { to: 'nobody', connection, candidate });
      await stage.asks('bob', 'signal', {
        to: 'alice',
        connection,
        candidate,
        description: { type: 'answer', sdp: '' },
      });
      await stage.asks('bob', 'signal', { to: 'alice', connection });
      await stage.asks('bob', 'produce', { kind: 'video', appData: {}, paused: true });
      await stage.asks('alice', 'pauseProducer', { producerId });
      await stage.host('mutesPeer', { peerId: 'alice' });
      await stage.asks('alice', 'resumeProducer', { producerId });
      await stage.asks('alice', 'createWebRtcTransport', { direction: 'send' });
      await stage.asks('alice', 'produce', audio());
      await stage.asks('alice', 'subscribe', { producerIds: [], rtpCapabilities });
      await stage.connects('dave');
      await join(stage, 'dave', { topology: 'sfu' });
      await join(stage, 'dave', { transports: ['send', 'recv'] });
      await join(stage, 'dave');
      await stage.asks('alice', 'closeProducer', { producerId });
      await stage.disconnects('bob');
    },
  },
  {
    name: 'errors',
    about: 'Every kind of refusal of a request.',
    async play(stage) {
      await stage.connects('alice');
      await stage.asks('alice', 'produce', audio());
      await stage.asks('alice', 'joinRoom', { roomId: 'another', peerId: 'alice' });
      await stage.asks('alice', 'joinRoom', { roomId: 'room' });
      await join(stage, 'alice');
      await join(stage, 'alice');
      await stage.asks('alice', 'fly', {});
      await stage.asks('alice', 'produce', { kind: 'smell', rtpParameters: {} });
      await stage.asks('alice', 'produce', audio());
      await stage.asks('alice', 'createWebRtcTransport', {});
      await stage.asks('alice', 'createWebRtcTransport', { direction: 'send' });
      await stage.asks('alice', 'consume', { producerId: 'nobodys' });
      await stage.asks('alice', 'consume', { producerId: 'nobodys', rtpCapabilities });
      await stage.asks('alice', 'createWebRtcTransport', { direction: 'recv' });
      await stage.asks('alice', 'consume', { producerId: 'nobodys' });
      await stage.asks('alice', 'resume', { consumerId: 'nobodys' });
      await stage.asks('alice', 'closeProducer', { producerId: 'nobodys' });
      await stage.asks('alice', 'restartIce', { transportId: 'nobodys' });
      await stage.asks('alice', 'connectWebRtcTransport', {
        transportId: 'nobodys',
        dtlsParameters: { fingerprints: [] },
      });
      const codecs = [{ mimeType: 'audio/nobody-has-it', payloadType: 111, clockRate: 48_000 }];
      await stage.asks('alice', 'produce', { kind: 'audio', rtpParameters: { ...sampleAudio(), codecs } });
    },
  },
  {
    name: 'not-requests',
    about: 'What is no request is told so, without an answer, and the connection stays.',
    async play(stage) {
      await stage.connects('alice');
      await join(stage, 'alice');
      await stage.sends('alice', 'not JSON', 'error');
      await stage.sends('alice', '[1, 2, 3]', 'error');
      await stage.sends('alice', '{"request":true,"method":"ping"}', 'error');
      await stage.asks('alice', 'ping');
    },
  },
  {
    name: 'grants',
    about: 'Rights that a token withholds.',
    async play(stage) {
      await stage.connects('alice');
      await join(stage, 'alice');
      await stage.connects('bob', {
        grants: { create: false, publish: ['audio'], subscribe: false, data: false },
      });
      await join(stage, 'bob', { transports: ['send', 'recv'], rtpCapabilities });
      await stage.asks('bob', 'produce', video());
      await stage.asks('bob', 'produce', { ...audio(), appData: { source: 'screenAudio' } });
      await stage.asks('bob', 'produce', audio());
      await stage.asks('bob', 'subscribe', { producerIds: ['any'] });
      await stage.asks('bob', 'sendMessage', { topic: 'chat', payload: 'hello' });
    },
  },
  {
    name: 'silent',
    about:
      'A peer without the right to send messages: it and all others know, for what does not pass the server.',
    async play(stage) {
      await stage.connects('alice');
      await join(stage, 'alice', { topology: 'p2p' });
      await stage.connects('bob', { grants: { data: false } });
      await join(stage, 'bob', { topology: 'p2p' });
      await stage.hears('alice', 'peerJoined');
      await stage.connects('carol');
      await join(stage, 'carol', { topology: 'p2p' });
      await stage.asks('bob', 'sendMessage', { topic: 'chat', payload: 'hello' });
      await stage.asks('carol', 'sendMessage', { topic: 'chat', payload: 'hello' });
    },
  },
  {
    name: 'refused-by-host',
    about: 'Hooks of the host application say no, in their own words.',
    refuses: { join: { mallory: 'you are not on the list' }, publish: { alice: 'no cameras today' } },
    async play(stage) {
      await stage.connects('mallory');
      await join(stage, 'mallory');
      await joinWithTransports(stage, 'alice');
      await stage.asks('alice', 'produce', video());
    },
  },
  {
    name: 'replaced',
    about: 'A peer id is taken, unless it is the same client or the same user that comes again.',
    async play(stage) {
      await stage.connects('bob');
      await join(stage, 'bob');
      await stage.connects('alice');
      const { resumeToken } = await join(stage, 'alice');
      await stage.connects('stranger', { peerId: 'alice' });
      await stage.asks('stranger', 'joinRoom', { roomId: 'room', peerId: 'alice' });
      await stage.asks('stranger', 'joinRoom', { roomId: 'room', peerId: 'alice', resumeToken: 'guessed' });
      await stage.connects('alice2', { peerId: 'alice' });
      await stage.asks('alice2', 'joinRoom', { roomId: 'room', peerId: 'alice', resumeToken });
      await stage.connects('carol', { peerId: 'carol', userId: 'user-1' });
      await join(stage, 'carol');
      await stage.connects('carol2', { peerId: 'carol', userId: 'user-1' });
      await stage.asks('carol2', 'joinRoom', { roomId: 'room', peerId: 'carol' });
    },
  },
  {
    name: 'removed',
    about: 'The host application removes a peer: it is told not to come back.',
    async play(stage) {
      await joinWithTransports(stage, 'alice');
      await joinWithTransports(stage, 'bob');
      await produce(stage, 'bob', audio());
      await stage.host('removesPeer', { peerId: 'bob' });
    },
  },
  {
    name: 'room-closed',
    about: 'The host application closes the room.',
    async play(stage) {
      await joinWithTransports(stage, 'alice');
      await joinWithTransports(stage, 'bob');
      await produce(stage, 'alice', audio());
      await stage.host('closesRoom');
    },
  },
  {
    name: 'server-closing',
    about: 'The server shuts down: a new join is worth it.',
    async play(stage) {
      await joinWithTransports(stage, 'alice');
      await joinWithTransports(stage, 'bob');
      await stage.host('closesServer');
    },
  },
  {
    name: 'switch',
    about:
      'Two talk directly; for the third the room goes to the server, and back when it has left. Publications keep their ids.',
    async play(stage) {
      const auto = { topology: 'auto', rtpCapabilities, transports: ['send', 'recv'] };
      await stage.connects('alice');
      await join(stage, 'alice', auto);
      await stage.connects('bob');
      await join(stage, 'bob', auto);
      const camera = await produce(stage, 'alice', { kind: 'video', appData: { source: 'camera' } });
      await stage.connects('carol');
      await join(stage, 'carol', auto);
      await stage.asks('carol', 'subscribe', { producerIds: [camera], follow: true });

      const { send } = await openPath(stage, 'alice', 2);
      await stage.asks('alice', 'produce', { transportId: send, producerId: camera, ...video() });
      await stage.hears('carol', 'producerMoved');
      await openPath(stage, 'bob', 2);
      await stage.asks('bob', 'subscribe', { producerIds: [camera], follow: true });
      await stage.asks('bob', 'pathReady', { path: 2 });
      await stage.asks('alice', 'pathReady', { path: 2 });

      await stage.asks('carol', 'leave');
      await stage.host('waits');
      await stage.asks('bob', 'openPath', { path: 2 });
      await stage.asks('bob', 'openPath', { path: 3 });
      await stage.asks('alice', 'openPath', { path: 3 });
      await stage.asks('bob', 'pathReady', { path: 3 });
      await stage.asks('alice', 'pauseProducer', { producerId: camera });
      await stage.asks('alice', 'pathReady', { path: 3 });
      await stage.asks('alice', 'setTopology', { topology: 'sfu' });
    },
  },
  {
    name: 'dynacast',
    about:
      'A publisher that sends what somebody watches hears what that is: more at once, less after a while, and anew when it goes on by another transport.',
    async play(stage) {
      await stage.connects('alice');
      const options = { topology: 'sfu', paths: true, dynacast: true, transports: ['send', 'recv'] };
      await join(stage, 'alice', { rtpCapabilities, ...options });
      const camera = await produce(stage, 'alice', video());
      await joinWithTransports(stage, 'bob');
      const { consumers } = (await stage.asks('bob', 'subscribe', { producerIds: [camera] })) as Data;
      const consumerId = String(consumers?.['0']?.['consumerId']);
      await stage.asks('bob', 'setPreferredLayers', { consumerId, spatialLayer: 0 });
      await stage.host('waits');
      await stage.hears('alice', 'producerDemand');
      await stage.asks('bob', 'setPreferredLayers', { consumerId, spatialLayer: 8 });
      await stage.hears('alice', 'producerDemand');
      await stage.asks('bob', 'pause', { consumerId });
      await stage.host('waits');
      await stage.hears('alice', 'producerDemand');
      const { id } = (await stage.asks('alice', 'createWebRtcTransport', { direction: 'send' })) as Data;
      await stage.asks('alice', 'produce', { transportId: id, producerId: camera, ...video() });
      await stage.hears('alice', 'producerDemand');
    },
  },
  {
    name: 'switch-called-off',
    about: 'The room goes to the server, which somebody cannot reach: it stays as it was.',
    async play(stage) {
      for (const client of ['alice', 'bob', 'carol']) {
        await stage.connects(client);
        await join(stage, client, { topology: 'auto', transports: ['send', 'recv'] });
      }
      await openPath(stage, 'alice', 2);
      await stage.asks('bob', 'pathFailed', { path: 2, code: 'ICE_FAILED' });
      await stage.asks('carol', 'openPath', { path: 1 });
      await stage.asks('alice', 'pathReady', { path: 2 });
    },
  },
  {
    name: 'worker-replaced',
    about:
      'The media process dies: who can follow goes on with another one, the others are told to come again.',
    async play(stage) {
      const following = { topology: 'sfu', paths: true, rtpCapabilities, transports: ['send', 'recv'] };
      await stage.connects('alice');
      await join(stage, 'alice', following);
      const microphone = await produce(stage, 'alice', audio());
      await stage.connects('bob');
      await join(stage, 'bob', following);
      await stage.asks('bob', 'subscribe', { producerIds: [microphone], follow: true });
      await joinWithTransports(stage, 'carol');
      await stage.host('losesWorker');
      await openPath(stage, 'bob', 2);
      await stage.asks('bob', 'subscribe', { producerIds: [microphone], follow: true });
      const { send } = await openPath(stage, 'alice', 2);
      await stage.asks('alice', 'produce', { transportId: send, producerId: microphone, ...audio() });
      await stage.hears('bob', 'producerMoved');
      await stage.asks('alice', 'pathReady', { path: 2 });
      await stage.asks('bob', 'pathReady', { path: 2 });
    },
  },
  {
    name: 'worker-lost',
    about: 'The media process dies: a new join is worth it.',
    async play(stage) {
      await joinWithTransports(stage, 'alice');
      await joinWithTransports(stage, 'bob');
      await produce(stage, 'alice', audio());
      await stage.host('losesWorker');
    },
  },
  {
    name: 'formed-anew',
    about:
      'A room is formed anew, as after a restart of the server: who was there proves it, waits for the others, and publishes under the ids of before.',
    async play(stage) {
      const options = { rtpCapabilities, transports: ['send', 'recv'], resumable: true };
      await stage.connects('alice');
      const { resumeToken: token } = await join(stage, 'alice', options);
      const formerId = await produce(stage, 'alice', audio());
      await stage.connects('bob');
      const { resumeToken: tokenOfBob } = await join(stage, 'bob', options);
      await stage.host('losesWorker');
      await stage.connects('aliceAgain', { peerId: 'alice' });
      await join(stage, 'aliceAgain', { ...options, peerId: 'alice', resumeToken: token });
      await produce(stage, 'aliceAgain', { ...audio(), formerId });
      await stage.connects('bobAgain', { peerId: 'bob' });
      await join(stage, 'bobAgain', { ...options, peerId: 'bob', resumeToken: tokenOfBob });
    },
  },
  {
    name: 'joined-anew',
    about:
      'A client that follows paths joins anew while it is in the room: nobody sees it leave, and its publications go on.',
    async play(stage) {
      const following = {
        topology: 'sfu',
        paths: true,
        rtpCapabilities,
        transports: ['send', 'recv'],
        resumable: true,
      };
      await stage.connects('alice');
      const { resumeToken } = await join(stage, 'alice', following);
      const formerId = await produce(stage, 'alice', audio());
      await stage.connects('bob');
      await join(stage, 'bob', following);
      await stage.asks('bob', 'subscribe', { producerIds: [formerId], follow: true });
      await stage.connects('aliceAgain', { peerId: 'alice' });
      await join(stage, 'aliceAgain', { ...following, peerId: 'alice', resumeToken });
      await stage.hears('bob', 'peerReturned');
      await produce(stage, 'aliceAgain', { ...audio(), formerId });
      await stage.hears('bob', 'producerMoved');
    },
  },
  {
    name: 'draining',
    about: 'The server is going to end: who is in is told and goes on, nobody else gets in.',
    async play(stage) {
      await stage.connects('alice');
      await join(stage, 'alice');
      await stage.connects('bob');
      await join(stage, 'bob');
      await stage.hears('alice', 'peerJoined');
      await stage.connects('carol');
      await stage.host('drains');
      await join(stage, 'carol');
      await stage.asks('alice', 'sendMessage', { topic: 'chat', payload: 'still here' });
      await stage.hears('bob', 'message');
    },
  },
];
