import { sampleAudio, sampleDtls, sampleVideo } from '../../src/testing/rtpSamples.js';
import { rtpCapabilities } from '../support/requests.js';
import type { RtcUser } from './rtcServer.js';

export interface RtcInCall {
  readonly send: string;
  readonly recv: string;
  readonly audio: string;
  readonly video: string;
}

/** Joins, connects two transports and publishes audio and video. */
export async function enterCall(user: RtcUser, room = 'room'): Promise<RtcInCall> {
  await user.did('POST', `/rtc/rooms/${room}/join`, {});
  const transport = async (direction: 'send' | 'recv') => {
    const { id } = await user.did('POST', '/rtc/transports', { direction });
    await user.did('POST', `/rtc/transports/${String(id)}/connect`, { dtlsParameters: sampleDtls() });
    return String(id);
  };
  const [send, recv] = [await transport('send'), await transport('recv')];
  const produce = async (kind: 'audio' | 'video') => {
    const rtpParameters = kind === 'audio' ? sampleAudio() : sampleVideo();
    const source = kind === 'audio' ? 'microphone' : 'camera';
    const body = { kind, rtpParameters, appData: { source } };
    return String((await user.did('POST', `/rtc/transports/${send}/produce`, body))['id']);
  };
  return { send, recv, audio: await produce('audio'), video: await produce('video') };
}

/** Receives a producer; its consumer's id. */
export async function consume(user: RtcUser, recv: string, producerId: string): Promise<string> {
  const body = { producerId, rtpCapabilities };
  return String((await user.did('POST', `/rtc/transports/${recv}/consume`, body))['id']);
}
