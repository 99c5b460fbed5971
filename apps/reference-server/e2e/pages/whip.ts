import { WhipClient, type WhipOptions } from './WhipClient.js';

/** What a viewer's element shows and plays. */
export interface Perceived {
  /** Painted so far. */
  frames: number;
  /** Energy of the sound decoded so far, by SSRC. */
  sound: Record<string, number>;
}

declare global {
  interface Window {
    whip: WhipClient;
    /** Sends camera and microphone; the answer's status. */
    publishByWhip(options: WhipOptions, capture: { width: number; height: number }): Promise<number>;
    /** Shows what comes; the answer's status. */
    watchByWhep(options: WhipOptions): Promise<number>;
    perceive(): Promise<Perceived>;
  }
}

window.publishByWhip = async (options, capture) => {
  const media = await navigator.mediaDevices.getUserMedia({
    audio: true,
    video: { ...capture, frameRate: 15 },
  });
  window.whip = new WhipClient(options);
  return window.whip.publish(media);
};

window.watchByWhep = async (options) => {
  const client = new WhipClient(options);
  window.whip = client;
  const status = await client.watch();
  const video = document.createElement('video');
  video.autoplay = true;
  video.srcObject = client.stream;
  document.body.append(video);
  let frames = 0;
  const count = () => {
    frames += 1;
    video.requestVideoFrameCallback(count);
  };
  video.requestVideoFrameCallback(count);
  window.perceive = async () => {
    const sound: Record<string, number> = {};
    (await client.connection.getStats()).forEach((stat: Record<string, unknown>) => {
      if (stat['type'] === 'inbound-rtp' && stat['kind'] === 'audio')
        sound[String(stat['ssrc'])] = Number(stat['totalAudioEnergy']);
    });
    return { frames, sound };
  };
  return status;
};
