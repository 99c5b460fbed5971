/** Pictures that can be told apart: a colour in, the colour out. */

export type Rgb = readonly [red: number, green: number, blue: number];

/** A live track of one colour, 15 frames a second. */
export function colourTrack(
  [red, green, blue]: Rgb,
  size: { width: number; height: number },
): MediaStreamTrack {
  const canvas = Object.assign(document.createElement('canvas'), size);
  const context = canvas.getContext('2d');
  const [track] = canvas.captureStream(15).getVideoTracks();
  if (!context || !track) throw new Error('no canvas');
  let frame = 0;
  const draw = () => {
    context.fillStyle = `rgb(${String(red)} ${String(green)} ${String(blue)})`;
    context.fillRect(0, 0, size.width, size.height);
    // A corner that changes: an encoder may leave out frames that equal the one before.
    context.fillStyle = frame++ % 2 === 0 ? 'black' : 'white';
    context.fillRect(0, 0, 16, 16);
    if (track.readyState === 'ended') clearInterval(timer);
  };
  const timer = setInterval(draw, 66);
  draw();
  return track;
}

/**
 * Resolves when a video that has not begun yet shows something. The callback of its first frame is no sign of that:
 * Chromium may call it before the element has that frame, while its `readyState` is still 0 and it is empty.
 */
export const begins = (video: HTMLVideoElement): Promise<void> =>
  new Promise((resolve) => {
    video.addEventListener('playing', () => resolve(), { once: true });
  });

/** What the middle of a video element shows. */
export function look(video: HTMLVideoElement): Rgb {
  const canvas = new OffscreenCanvas(1, 1);
  const context = canvas.getContext('2d');
  if (!context || video.videoWidth === 0) return [0, 0, 0];
  const { videoWidth: width, videoHeight: height } = video;
  context.drawImage(video, width / 4, height / 4, width / 2, height / 2, 0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = context.getImageData(0, 0, 1, 1).data;
  return [red, green, blue];
}
