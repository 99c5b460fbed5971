import { sampleAudio } from '../../../src/testing/rtpSamples.js';
import { rtpCapabilities } from '../requests.js';
import { audio, video, join, joinWithTransports, type Scenario } from './steps.js';

export const refusals: Scenario[] = [
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
];
