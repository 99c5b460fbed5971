export type Theme = 'light' | 'dark';

const KEY = 'parlor';

interface Preferences {
  readonly name?: string;
  readonly theme?: Theme;
}

/** Storage may be forbidden (private windows, embedded pages): then nothing is remembered. */
const storage = (): Storage | undefined => {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
};

export const loadPreferences = (): Preferences => {
  try {
    const stored: unknown = JSON.parse(storage()?.getItem(KEY) ?? '{}');
    if (typeof stored !== 'object' || stored === null) return {};
    const { name, theme } = stored as Record<string, unknown>;
    return {
      ...(typeof name === 'string' ? { name } : {}),
      ...(theme === 'light' || theme === 'dark' ? { theme } : {}),
    };
  } catch {
    // Written by another version: start afresh.
    return {};
  }
};

export const savePreferences = (change: Preferences): void => {
  try {
    storage()?.setItem(KEY, JSON.stringify({ ...loadPreferences(), ...change }));
  } catch {
    // Full or forbidden: not worth a word.
  }
};
