import { sampleAudio, sampleDtls, sampleVideo } from '../../src/testing/rtpSamples.js';

/** Ids of objects that are there, by what they are to the sender. */
export interface KnownIds {
  send: string;
  recv: string;
  producer: string;
  consumer: string;
  foreignProducer: string;
  foreignTransport: string;
  foreignConsumer: string;
}

/** Every request of the protocol, well-formed, on objects of the sender and of somebody else. */
export const wellFormed = (ids: KnownIds): { method: string; data?: unknown }[] => [
  { method: 'joinRoom', data: { roomId: 'room', peerId: 'mallory', transports: ['send', 'recv'] } },
  { method: 'createWebRtcTransport', data: { direction: 'send' } },
  { method: 'createWebRtcTransport', data: { producing: false, consuming: true } },
  { method: 'connectWebRtcTransport', data: { transportId: ids.send, dtlsParameters: sampleDtls() } },
  {
    method: 'connectWebRtcTransport',
    data: { transportId: ids.foreignTransport, dtlsParameters: sampleDtls() },
  },
  { method: 'restartIce', data: { transportId: ids.recv } },
  { method: 'restartIce', data: { transportId: ids.foreignTransport } },
  { method: 'getTransportStats', data: { transportId: ids.send } },
  { method: 'getTransportStats', data: { transportId: ids.foreignTransport } },
  { method: 'getIceServers' },
  { method: 'closeTransport', data: { transportId: ids.recv } },
  { method: 'closeTransport', data: { transportId: ids.foreignTransport } },
  {
    method: 'produce',
    data: { kind: 'audio', rtpParameters: sampleAudio(), appData: { source: 'microphone' } },
  },
  {
    method: 'produce',
    data: { transportId: ids.send, kind: 'video', rtpParameters: sampleVideo(), appData: {} },
  },
  {
    method: 'produce',
    data: { transportId: ids.foreignTransport, kind: 'video', rtpParameters: sampleVideo() },
  },
  { method: 'consume', data: { producerId: ids.foreignProducer, rtpCapabilities } },
  { method: 'consume', data: { producerId: ids.producer, rtpCapabilities } },
  {
    method: 'subscribe',
    data: { producerIds: [ids.foreignProducer, ids.producer, 'nobody'], rtpCapabilities },
  },
  { method: 'pause', data: { consumerId: ids.consumer } },
  { method: 'pause', data: { consumerId: ids.foreignConsumer } },
  { method: 'resume', data: { consumerIds: [ids.consumer] } },
  { method: 'resume', data: { consumerId: ids.foreignConsumer } },
  { method: 'closeConsumer', data: { consumerId: ids.consumer } },
  { method: 'closeConsumer', data: { consumerId: ids.foreignConsumer } },
  { method: 'pauseProducer', data: { producerId: ids.producer } },
  { method: 'pauseProducer', data: { producerId: ids.foreignProducer } },
  { method: 'resumeProducer', data: { producerId: ids.producer } },
  { method: 'closeProducer', data: { producerId: ids.producer } },
  { method: 'closeProducer', data: { producerId: ids.foreignProducer } },
  { method: 'setPreferredLayers', data: { consumerId: ids.consumer, spatialLayer: 1, temporalLayer: 2 } },
  { method: 'setPreferredLayers', data: { consumerId: ids.foreignConsumer, spatialLayer: 0 } },
  { method: 'requestKeyFrame', data: { consumerId: ids.consumer } },
  { method: 'requestKeyFrame', data: { consumerId: ids.foreignConsumer } },
  { method: 'sendMessage', data: { topic: 'chat', payload: { text: 'hello' } } },
  { method: 'sendMessage', data: { to: ['bob'], topic: 'chat', payload: null } },
  { method: 'joinRoom', data: { roomId: 'room', peerId: 'mallory', topology: 'p2p' } },
  { method: 'produce', data: { kind: 'audio', appData: { source: 'microphone' }, paused: true } },
  {
    method: 'signal',
    data: {
      to: 'bob',
      connection: 'c',
      description: { type: 'offer', sdp: 'v=0', tracks: { '0': ids.producer } },
    },
  },
  { method: 'signal', data: { to: 'bob', description: { type: 'rollback', sdp: '' } } },
  {
    method: 'signal',
    data: {
      to: 'bob',
      candidate: {
        candidate: 'candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host',
        sdpMid: '0',
        sdpMLineIndex: 0,
        usernameFragment: 'abcd',
      },
    },
  },
  { method: 'signal', data: { to: 'nobody', candidate: null } },
  {
    method: 'joinRoom',
    data: { roomId: 'room', peerId: 'mallory', topology: 'auto', paths: true, transports: ['send', 'recv'] },
  },
  { method: 'openPath', data: { path: 1, transports: ['send', 'recv'], rtpCapabilities } },
  { method: 'pathReady', data: { path: 1 } },
  { method: 'pathFailed', data: { path: 1, code: 'PAIR_FAILED', peerId: 'bob' } },
  { method: 'setTopology', data: { topology: 'p2p' } },
  {
    method: 'produce',
    data: { producerId: ids.producer, transportId: ids.send, kind: 'video', rtpParameters: sampleVideo() },
  },
  {
    method: 'produce',
    data: { producerId: ids.foreignProducer, kind: 'video', rtpParameters: sampleVideo() },
  },
  { method: 'ping' },
  { method: 'leave' },
];

export const rtpCapabilities = {
  codecs: [
    {
      kind: 'audio',
      mimeType: 'audio/opus',
      preferredPayloadType: 100,
      clockRate: 48_000,
      channels: 2,
      parameters: {},
      rtcpFeedback: [{ type: 'transport-cc', parameter: '' }],
    },
    {
      kind: 'video',
      mimeType: 'video/VP8',
      preferredPayloadType: 101,
      clockRate: 90_000,
      parameters: {},
      rtcpFeedback: [
        { type: 'nack', parameter: '' },
        { type: 'nack', parameter: 'pli' },
      ],
    },
    {
      kind: 'video',
      mimeType: 'video/rtx',
      preferredPayloadType: 102,
      clockRate: 90_000,
      parameters: { apt: 101 },
      rtcpFeedback: [],
    },
  ],
  headerExtensions: [
    { kind: 'audio', uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', preferredId: 1, direction: 'sendrecv' },
    { kind: 'video', uri: 'urn:ietf:params:rtp-hdrext:sdes:mid', preferredId: 1, direction: 'sendrecv' },
  ],
};
