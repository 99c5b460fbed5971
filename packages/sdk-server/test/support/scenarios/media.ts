import { sampleDtls } from '../../../src/testing/rtpSamples.js';
import { rtpCapabilities } from '../requests.js';
import { audio, video, join, joinWithTransports, produce, type Data, type Scenario } from './steps.js';

export const media: Scenario[] = [
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
];
