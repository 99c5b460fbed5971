import type { ElementLook, ElementWatch } from '../platform.js';

const IN_NO_DOCUMENT: ElementLook = {
  isConnected: false,
  isVisible: false,
  isInBackground: false,
  size: undefined,
  picture: undefined,
  isCovered: false,
  pixelRatio: 1,
};

/** How elements are shown, as a test says: without a word they are in no document. */
export class FakeElementWatch implements ElementWatch {
  readonly observed = new Set<HTMLMediaElement>();
  readonly #looks = new Map<HTMLMediaElement, ElementLook>();
  #onChange: (element: HTMLMediaElement) => void = () => undefined;

  /** Somebody watches from now on. */
  begin(onChange: (element: HTMLMediaElement) => void): this {
    this.#onChange = onChange;
    return this;
  }

  /** In the page and to be seen, unless `change` says otherwise. */
  show(element: HTMLMediaElement, change: Partial<ElementLook> = {}): void {
    const before = this.#looks.get(element) ?? { ...IN_NO_DOCUMENT, isConnected: true, isVisible: true };
    this.#looks.set(element, { ...before, ...change });
    if (this.observed.has(element)) this.#onChange(element);
  }

  observe(element: HTMLMediaElement): void {
    this.observed.add(element);
  }

  unobserve(element: HTMLMediaElement): void {
    this.observed.delete(element);
  }

  look(element: HTMLMediaElement): ElementLook {
    return this.#looks.get(element) ?? IN_NO_DOCUMENT;
  }
}
