import { sampleAudio, sampleVideo } from '../../../src/testing/rtpSamples.js';
import type { Stage } from '../recordTranscript.js';
import { rtpCapabilities } from '../requests.js';

export interface Scenario {
  name: string;
  about: string;
  /** Default: protoo. */
  dialect?: string;
  refuses?: { join?: Record<string, string>; publish?: Record<string, string> };
  play(stage: Stage): Promise<void>;
}

export type Data = Record<string, never> & { [key: string]: Data };

export const audio = () => ({
  kind: 'audio',
  rtpParameters: sampleAudio(),
  appData: { source: 'microphone' },
});
export const video = () => ({ kind: 'video', rtpParameters: sampleVideo(), appData: { source: 'camera' } });

export const join = (stage: Stage, client: string, data: object = {}) =>
  stage.asks(client, 'joinRoom', { roomId: 'room', peerId: client, ...data }) as Promise<Data>;

/** Joins as our own client does: both transports in the answer. */
export async function joinWithTransports(
  stage: Stage,
  client: string,
): Promise<{ send: string; recv: string }> {
  await stage.connects(client);
  const { transports } = await join(stage, client, { rtpCapabilities, transports: ['send', 'recv'] });
  return { send: String(transports?.['send']?.['id']), recv: String(transports?.['recv']?.['id']) };
}

export async function produce(stage: Stage, client: string, publication: object): Promise<string> {
  const { producerId } = (await stage.asks(client, 'produce', publication)) as Data;
  return String(producerId);
}

/** Both transports of another path of the room. */
export async function openPath(stage: Stage, client: string, path: number): Promise<{ send: string }> {
  const opened = (await stage.asks(client, 'openPath', { path, transports: ['send', 'recv'] })) as Data;
  return { send: String(opened['transports']?.['send']?.['id']) };
}
