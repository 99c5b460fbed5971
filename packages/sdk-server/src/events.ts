import { EventEmitter } from 'eventemitter3';
import type { Logger } from './logger.js';

/** One tuple map per emitter: event name to labelled arguments. */
export type EventMap = Record<never, never>;
type Args<E, K extends keyof E> = E[K] extends readonly unknown[] ? E[K] : never;

/** The listening half of an emitter: what public interfaces show. */
export interface EventSource<E> {
  on<K extends keyof E & string>(event: K, listener: (...args: Args<E, K>) => void): this;
  once<K extends keyof E & string>(event: K, listener: (...args: Args<E, K>) => void): this;
  off<K extends keyof E & string>(event: K, listener: (...args: Args<E, K>) => void): this;
}
