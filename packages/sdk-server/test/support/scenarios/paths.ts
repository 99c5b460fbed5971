import { rtpCapabilities } from '../requests.js';
import { audio, join, joinWithTransports, openPath, produce, video, type Scenario } from './steps.js';

export const paths: Scenario[] = [
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
];
