/** `cause` is what was done in the panel, the others are what the room made of it. */
export type LogKind = 'cause' | 'connection' | 'topology' | 'quality' | 'repair';

export interface LogEntry {
  readonly key: number;
  /** Milliseconds since the log was begun. */
  readonly at: number;
  readonly kind: LogKind;
  /** Name of the room's event; undefined for causes. */
  readonly event: string | undefined;
  readonly text: string;
}

const KEPT_ENTRIES = 300;

/** Newest first, bounded. */
export const withEntry = (log: readonly LogEntry[], entry: Omit<LogEntry, 'key'>): readonly LogEntry[] =>
  [{ ...entry, key: (log[0]?.key ?? 0) + 1 }, ...log].slice(0, KEPT_ENTRIES);

/** `0:07.25`: minutes, seconds, hundredths. */
export const formatTime = (milliseconds: number): string => {
  const hundredths = Math.floor(milliseconds / 10);
  const [minutes, rest] = [Math.floor(hundredths / 6000), hundredths % 6000];
  return `${String(minutes)}:${(rest / 100).toFixed(2).padStart(5, '0')}`;
};

/** Up to a second in milliseconds, then in seconds. */
export const formatDuration = (milliseconds: number): string =>
  milliseconds < 1000 ? `${String(Math.round(milliseconds))} ms` : `${(milliseconds / 1000).toFixed(1)} s`;
