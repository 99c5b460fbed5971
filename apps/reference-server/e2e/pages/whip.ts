import { WhipClient, type WhipOptions } from './WhipClient.js';

/** What a viewer's elements show and play. */
export interface Perceived {
  /** Frames painted so far. */
  frames: number;
  width: number;
  /** Loudness at this moment, 0 to 1, after what the element plays. */
  level: number;
}

declare global {
  interface Window {
    whip: WhipClient;
    /** Sends camera and microphone; the answer's status. */
    publishByWhip(options: WhipOptions, capture: { width: number; height: number }): Promise<number>;
    /** Shows what comes; the answer's status. */
    watchByWhep(options: WhipOptions): Promise<number>;
    perceive(): Perceived;
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
  const audio = new AudioContext();
  const analyser = audio.createAnalyser();
  audio.createMediaStreamSource(client.stream).connect(analyser);
  const samples = new Float32Array(analyser.fftSize);
  window.perceive = () => {
    analyser.getFloatTimeDomainData(samples);
    const level = samples.reduce((loudest, sample) => Math.max(loudest, Math.abs(sample)), 0);
    return { frames, width: video.videoWidth, level };
  };
  return status;
};
