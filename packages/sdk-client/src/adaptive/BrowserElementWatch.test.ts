import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FakeClock } from '../testing/index.js';
import { BrowserElementWatch } from './BrowserElementWatch.js';

/** An observer that tells what a test wants. */
class FakeObserver {
  readonly targets = new Set<unknown>();

  constructor(readonly tell: (entries: { target: unknown; isIntersecting: boolean }[]) => void) {
    observers.push(this);
  }

  observe(target: unknown): void {
    this.targets.add(target);
  }

  unobserve(target: unknown): void {
    this.targets.delete(target);
  }

  disconnect(): void {
    this.targets.clear();
  }
}

let observers: FakeObserver[] = [];

class FakeDocument extends EventTarget {
  visibilityState = 'visible';
  pictureInPictureElement = null;

  constructor(readonly defaultView: FakeView | null) {
    super();
  }
}

/** What is used of a window. */
class FakeView extends EventTarget {
  readonly document = new FakeDocument(this);
  readonly ResizeObserver = FakeObserver;
  readonly IntersectionObserver = FakeObserver;
  devicePixelRatio = 2;
  readonly getComputedStyle = () => ({ objectFit: 'cover' });
}

class FakeVideo extends EventTarget {
  isConnected = true;
  clientWidth = 300;
  clientHeight = 150;
  videoWidth = 0;
  videoHeight = 0;

  constructor(public ownerDocument: FakeDocument) {
    super();
  }

  /** What it shows is of another size, and so is its box. */
  show(picture: { width: number; height: number }, box = picture): void {
    [this.videoWidth, this.videoHeight] = [picture.width, picture.height];
    [this.clientWidth, this.clientHeight] = [box.width, box.height];
    this.dispatchEvent(new Event('resize'));
  }
}

function setup() {
  const page = new FakeView();
  vi.stubGlobal('window', page);
  const video = new FakeVideo(page.document);
  const element = video as EventTarget as HTMLVideoElement;
  const clock = new FakeClock();
  let changes = 0;
  const watch = new BrowserElementWatch({ onChange: () => (changes += 1), timer: clock.timer });
  watch.observe(element);
  const intersects = (isIntersecting: boolean) => {
    const [, observer] = observers.filter(({ targets }) => targets.has(video));
    observer?.tell([{ target: video, isIntersecting }]);
  };
  return { page, video, clock, watch, intersects, look: () => watch.look(element), changes: () => changes };
}

beforeEach(() => {
  observers = [];
});
afterEach(() => {
  vi.unstubAllGlobals();
});

const SMALL = { width: 320, height: 180 };
const LARGE = { width: 1280, height: 720 };

describe('the size of an element', () => {
  it('is none as long as it is that of the picture', () => {
    const { video, look } = setup();
    expect(look()).toMatchObject({ size: undefined, picture: undefined });
    for (const picture of [SMALL, LARGE]) {
      video.show(picture);
      expect(look()).toMatchObject({ size: undefined, picture });
    }
  });

  it('is the page’s once it has been another one, also when the picture is as large', () => {
    const { video, look } = setup();
    video.show(SMALL, SMALL);
    video.show(LARGE, SMALL);
    expect(look()).toMatchObject({ size: SMALL, picture: LARGE, pixelRatio: 2, isCovered: true });
    video.show(SMALL, SMALL);
    expect(look().size).toEqual(SMALL);
  });

  it('is no size while it is not laid out', () => {
    const { video, look } = setup();
    video.show(LARGE, { width: 0, height: 0 });
    expect(look()).toMatchObject({ size: undefined, isVisible: false });
    video.show(LARGE);
    expect(look().size).toBeUndefined();
  });
});

describe('an element', () => {
  it('can be seen until the browser says otherwise', () => {
    const { look, intersects, changes } = setup();
    expect(look().isVisible).toBe(true);
    intersects(false);
    expect(look().isVisible).toBe(false);
    intersects(true);
    expect(look().isVisible).toBe(true);
    expect(changes()).toBe(2);
  });

  it('goes to the background with its page', () => {
    const { page, look, changes } = setup();
    page.document.visibilityState = 'hidden';
    page.document.dispatchEvent(new Event('visibilitychange'));
    expect(look().isInBackground).toBe(true);
    expect(changes()).toBe(1);
  });

  it('in picture-in-picture is seen wherever it is, in the size of that window', () => {
    const { page, video, look, intersects } = setup();
    video.show(LARGE, SMALL);
    const popup = Object.assign(new EventTarget(), { width: 400, height: 225 });
    const entered = Object.assign(new Event('enterpictureinpicture'), { pictureInPictureWindow: popup });
    video.dispatchEvent(entered);
    intersects(false);
    page.document.visibilityState = 'hidden';
    const size = { width: 400, height: 225 };
    expect(look()).toMatchObject({ isVisible: true, isInBackground: false, size });
    video.dispatchEvent(new Event('leavepictureinpicture'));
    expect(look()).toMatchObject({ isVisible: false, isInBackground: true, size: SMALL });
  });

  it('is followed into a picture-in-picture document, and back', async () => {
    const { page, video, clock, look, intersects } = setup();
    const popup = new FakeView();
    page.document.visibilityState = 'hidden';
    video.ownerDocument = popup.document;
    // It has left the page.
    intersects(false);
    expect(look()).toMatchObject({ isVisible: true, isInBackground: false });
    intersects(false);
    expect(look().isVisible).toBe(false);
    video.ownerDocument = page.document;
    popup.dispatchEvent(new Event('pagehide'));
    await clock.advance(0);
    expect(look()).toMatchObject({ isVisible: true, isInBackground: true });
    intersects(false);
    expect(look().isVisible).toBe(false);
  });

  it('leaves nothing behind', () => {
    const { page, video, watch, changes } = setup();
    watch.unobserve(video as EventTarget as HTMLVideoElement);
    video.show(SMALL);
    page.dispatchEvent(new Event('resize'));
    expect(observers.every(({ targets }) => targets.size === 0)).toBe(true);
    expect(changes()).toBe(0);
  });
});
