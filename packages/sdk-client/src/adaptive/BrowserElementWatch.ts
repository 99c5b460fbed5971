import type { ElementLook, ElementWatch, Platform } from '../platform.js';

export interface BrowserElementWatchOptions {
  readonly timer: Platform['timer'];
  readonly onChange: (element: HTMLMediaElement) => void;
}

type View = Window & typeof globalThis;

/** One pair of observers for all elements of a window: a picture-in-picture window has its own. */
interface ViewWatch {
  readonly view: View;
  readonly elements: Set<HTMLMediaElement>;
  readonly resized: ResizeObserver;
  readonly intersected: IntersectionObserver;
  readonly listening: AbortController;
}

interface Watched {
  in: ViewWatch;
  intersects: boolean;
  /** The page gives it a size, whatever it shows. */
  isSized: boolean;
  pictureInPicture: PictureInPictureWindow | undefined;
  readonly listening: AbortController;
}

/** CSS pixels of a video without a size and without a picture (CSS Sizing §5.1). */
const NO_PICTURE = { width: 300, height: 150 };

const viewOf = ({ ownerDocument }: HTMLMediaElement): View => ownerDocument.defaultView ?? window;

function pictureOf(element: HTMLMediaElement): ElementLook['picture'] {
  if (!('videoWidth' in element)) return undefined;
  const { videoWidth: width, videoHeight: height } = element as HTMLVideoElement;
  return width > 0 ? { width, height } : undefined;
}

/** What browsers tell of elements: size (ResizeObserver), visibility (IntersectionObserver), picture-in-picture. */
export class BrowserElementWatch implements ElementWatch {
  readonly #watched = new Map<HTMLMediaElement, Watched>();
  readonly #views = new Map<View, ViewWatch>();

  constructor(private readonly options: BrowserElementWatchOptions) {}

  observe(element: HTMLMediaElement): void {
    if (this.#watched.has(element)) return;
    const listening = new AbortController();
    const { signal } = listening;
    const watched: Watched = {
      in: this.#enter(element),
      // Seen until the browser says otherwise, with the next frame.
      intersects: true,
      isSized: false,
      pictureInPicture: undefined,
      listening,
    };
    this.#watched.set(element, watched);
    const changed = () => {
      this.#changed(element);
    };
    element.addEventListener('resize', changed, { signal });
    element.addEventListener(
      'enterpictureinpicture',
      (event) => {
        watched.pictureInPicture = (event as PictureInPictureEvent).pictureInPictureWindow;
        watched.pictureInPicture.addEventListener('resize', changed, { signal });
        changed();
      },
      { signal },
    );
    element.addEventListener(
      'leavepictureinpicture',
      () => {
        watched.pictureInPicture = undefined;
        changed();
      },
      { signal },
    );
  }

  unobserve(element: HTMLMediaElement): void {
    const watched = this.#watched.get(element);
    if (!watched) return;
    this.#watched.delete(element);
    watched.listening.abort();
    this.#leave(element, watched.in);
  }

  look(element: HTMLMediaElement): ElementLook {
    const watched = this.#watched.get(element);
    const { ownerDocument, isConnected, clientWidth: width, clientHeight: height } = element;
    const popup = watched?.pictureInPicture;
    const isInPopup = popup !== undefined || ownerDocument.pictureInPictureElement === element;
    const size = popup ?? (watched?.isSized && !isInPopup ? { width, height } : undefined);
    const view = viewOf(element);
    return {
      isConnected: isConnected && ownerDocument.defaultView !== null,
      isVisible: isInPopup || (watched?.intersects === true && width > 0 && height > 0),
      isInBackground: !isInPopup && ownerDocument.visibilityState === 'hidden',
      size: size && { width: size.width, height: size.height },
      picture: pictureOf(element),
      isCovered: !isInPopup && ['cover', 'fill'].includes(view.getComputedStyle(element).objectFit),
      pixelRatio: view.devicePixelRatio,
    };
  }

  #changed(element: HTMLMediaElement): void {
    const watched = this.#watched.get(element);
    if (!watched) return;
    this.#follow(element, watched);
    watched.isSized ||= this.#hasOwnSize(element);
    this.options.onChange(element);
  }

  /**
   * An element that no style gives a size is as large as its picture: its size must not decide on the picture, which could
   * never grow again. A size that has once been another one than the picture's comes from the page.
   */
  #hasOwnSize(element: HTMLMediaElement): boolean {
    const { clientWidth, clientHeight } = element;
    const { width, height } = pictureOf(element) ?? NO_PICTURE;
    const differs = Math.abs(clientWidth - width) > 1 || Math.abs(clientHeight - height) > 1;
    return clientWidth > 0 && clientHeight > 0 && differs;
  }

  /** Elements move between windows: into picture-in-picture, and back. */
  #follow(element: HTMLMediaElement, watched: Watched): void {
    if (watched.in.view === viewOf(element)) return;
    this.#leave(element, watched.in);
    watched.in = this.#enter(element);
    watched.intersects = true;
  }

  #enter(element: HTMLMediaElement): ViewWatch {
    const view = viewOf(element);
    const entered = this.#views.get(view) ?? this.#open(view);
    entered.elements.add(element);
    entered.resized.observe(element);
    entered.intersected.observe(element);
    return entered;
  }

  #leave(element: HTMLMediaElement, { view, elements, resized, intersected, listening }: ViewWatch): void {
    elements.delete(element);
    resized.unobserve(element);
    intersected.unobserve(element);
    if (elements.size > 0) return;
    this.#views.delete(view);
    resized.disconnect();
    intersected.disconnect();
    listening.abort();
  }

  #open(view: View): ViewWatch {
    const listening = new AbortController();
    const { signal } = listening;
    const elements = new Set<HTMLMediaElement>();
    const all = () => {
      for (const element of [...elements]) this.#changed(element);
    };
    const resized = new view.ResizeObserver((entries) => {
      for (const { target } of entries) this.#changed(target as HTMLMediaElement);
    });
    const intersected = new view.IntersectionObserver((entries) => {
      for (const { target, isIntersecting } of entries) {
        const watched = this.#watched.get(target as HTMLMediaElement);
        if (watched?.in.intersected !== intersected) continue;
        watched.intersects = isIntersecting;
        this.#changed(target as HTMLMediaElement);
      }
    });
    view.document.addEventListener('visibilitychange', all, { signal });
    // Another screen may have more pixels.
    view.addEventListener('resize', all, { signal });
    // Its elements may be moved to where they came from, as soon as the page is told as well.
    view.addEventListener('pagehide', () => this.options.timer(all, 0), { signal });
    const opened = { view, elements, resized, intersected, listening };
    this.#views.set(view, opened);
    return opened;
  }
}
