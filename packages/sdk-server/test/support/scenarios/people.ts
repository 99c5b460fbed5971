import { sampleDtls } from '../../../src/testing/rtpSamples.js';
import { rtpCapabilities } from '../requests.js';
import { audio, video, join, produce, type Data, type Scenario } from './steps.js';

export const people: Scenario[] = [
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
];
