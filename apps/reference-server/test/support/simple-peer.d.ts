/** What the tests use of it in Node, where there are no DOM types. */
declare module 'simple-peer/simplepeer.min.js' {
  import type { EventEmitter } from 'node:events';
  import type wrtc from '@roamhq/wrtc';

  export type Signal =
    { type: 'offer' | 'answer'; sdp: string } | { type: 'candidate'; candidate: { candidate: string } };

  export default class SimplePeer extends EventEmitter<{
    signal: [signal: Signal];
    connect: [];
    track: [track: wrtc.MediaStreamTrack];
    data: [data: Uint8Array | string];
    error: [error: Error];
  }> {
    constructor(options: { initiator: boolean; wrtc: typeof wrtc; stream?: wrtc.MediaStream });
    send(data: string): void;
    signal(signal: Signal): void;
    destroy(): void;
  }
}
