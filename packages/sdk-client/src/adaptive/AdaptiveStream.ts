import type { Logger } from '../logger.js';
import type { AdaptiveStreamOptions } from '../options.js';
import type { RemoteTrackPublication, SubscriptionControl } from '../participants/RemoteTrackPublication.js';
import type { ElementWatch, Platform } from '../platform.js';
import { BrowserElementWatch } from './BrowserElementWatch.js';
import { decideLayers, FULL, type Decision, type Picture } from './decideLayers.js';

/** Milliseconds for which a change has to last, except that something can be seen: that counts at once. */
export const DEBOUNCE = 100;
/** The same for a page that has gone to the background: people come back from a glance at another tab. */
export const BACKGROUND_DELAY = 5000;

export interface AdaptiveStreamSetup {
  readonly platform: Platform;
  readonly logger: Logger;
  readonly control: SubscriptionControl;
  readonly adaptiveStream: boolean | AdaptiveStreamOptions;
}

interface Followed {
  /** Whether each of them adapts. */
  readonly elements: Map<HTMLMediaElement, boolean>;
  pending: { readonly decision: Decision; readonly stop: () => void } | undefined;
}

/** The publisher's word, which may say anything. */
function pictureOf(video: unknown): Picture | undefined {
  const { width, height } = (video ?? {}) as Partial<Record<string, unknown>>;
  return Number(width) > 0 && Number(height) > 0
    ? { width: Number(width), height: Number(height) }
    : undefined;
}

const isSame = (one: Decision, other: Decision): boolean =>
  one.receiving === other.receiving && (!one.receiving || one.halvings === other.halvings);

/** Receives of each video what its elements can show. */
export class AdaptiveStream {
  readonly #followed = new Map<RemoteTrackPublication, Followed>();
  readonly #watch: ElementWatch | undefined;

  constructor(private readonly setup: AdaptiveStreamSetup) {
    const { platform } = setup;
    const onChange = (element: HTMLMediaElement) => {
      this.#seen(element);
    };
    if (platform.watchElements) this.#watch = platform.watchElements(onChange);
    // Outside a page there is nothing to be seen.
    else if (typeof IntersectionObserver !== 'undefined')
      this.#watch = new BrowserElementWatch({ onChange, timer: platform.timer });
  }

  /** An element shows the track, and adapts or not; undefined: it does not show it any more. */
  changed(
    publication: RemoteTrackPublication,
    element: HTMLMediaElement,
    adaptive: boolean | undefined,
  ): void {
    if (!this.#watch) return;
    const followed = this.#followed.get(publication) ?? { elements: new Map(), pending: undefined };
    this.#followed.set(publication, followed);
    if (adaptive === undefined) {
      followed.elements.delete(element);
      if (!this.#followers(element).length) this.#watch.unobserve(element);
    } else {
      followed.elements.set(element, adaptive);
      this.#watch.observe(element);
    }
    if (publication.track) this.#consider(publication, followed);
    else this.#putOff(followed);
    this.#tidy(publication, followed);
  }

  #followers(element: HTMLMediaElement): [RemoteTrackPublication, Followed][] {
    return [...this.#followed].filter(([, { elements }]) => elements.has(element));
  }

  #seen(element: HTMLMediaElement): void {
    for (const [publication, followed] of this.#followers(element)) this.#consider(publication, followed);
  }

  /** What was decided last the publication itself remembers. */
  #tidy(publication: RemoteTrackPublication, { elements, pending }: Followed): void {
    if (elements.size === 0 && !pending) this.#followed.delete(publication);
  }

  #putOff(followed: Followed): void {
    followed.pending?.stop();
    followed.pending = undefined;
  }

  #consider(publication: RemoteTrackPublication, followed: Followed): void {
    const decision = this.#decide(publication, followed);
    const isShown = decision.receiving && publication.adapted?.receiving === false;
    if (isShown || isSame(decision, publication.adapted ?? FULL)) {
      this.#putOff(followed);
      this.#apply(publication, decision);
      return;
    }
    if (followed.pending && isSame(decision, followed.pending.decision)) return;
    this.#putOff(followed);
    const delay = decision.reason === 'background' ? BACKGROUND_DELAY : DEBOUNCE;
    const stop = this.setup.platform.timer(() => {
      followed.pending = undefined;
      if (publication.track) this.#apply(publication, this.#decide(publication, followed));
      this.#tidy(publication, followed);
    }, delay);
    followed.pending = { decision, stop };
  }

  #decide({ source, producer }: RemoteTrackPublication, { elements }: Followed): Decision {
    const { adaptiveStream } = this.setup;
    const { pixelDensity, pauseVideoInBackground = true }: AdaptiveStreamOptions =
      typeof adaptiveStream === 'object' ? adaptiveStream : {};
    const shown = [...elements].flatMap(([element, adaptive]) => {
      const look = this.#watch?.look(element);
      return look ? [{ look, adaptive }] : [];
    });
    return decideLayers(shown, {
      picture: pictureOf(producer.video),
      isScreen: source === 'screen',
      pixelDensity: pixelDensity === 'screen' ? undefined : pixelDensity,
      pauseInBackground: pauseVideoInBackground,
    });
  }

  /** What the app has said itself stays. */
  #apply(publication: RemoteTrackPublication, decision: Decision): void {
    const { control, logger } = this.setup;
    const { adapted: before, isReceiving, layers } = publication;
    const halvings = decision.halvings ?? before?.halvings ?? 0;
    // Never said as long as it is what comes anyway.
    const isNews = halvings !== (before?.halvings ?? 0);
    publication.adapted = { ...decision, halvings, layers: isNews ? { halvings } : before?.layers };
    const work = [
      publication.layers === layers ? undefined : control.setLayers(publication),
      publication.isReceiving === isReceiving ? undefined : control.setReceiving(publication),
    ];
    Promise.all(work).catch((error: unknown) => {
      logger.warn('adaptive stream', publication.source, error);
    });
  }
}
