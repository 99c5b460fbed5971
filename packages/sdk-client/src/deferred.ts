export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T | PromiseLike<T>) => void;
  readonly reject: (error: unknown) => void;
}

/** `Promise.withResolvers` (ES2024) for browsers that do not have it yet. */
export function deferred<T>(): Deferred<T> {
  const parts: Partial<Deferred<T>> = {};
  const promise = new Promise<T>((resolve, reject) => {
    Object.assign(parts, { resolve, reject });
  });
  return { promise, ...(parts as Pick<Deferred<T>, 'resolve' | 'reject'>) };
}
