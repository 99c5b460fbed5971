import type { ConnectionQuality } from '../types.js';

/**
 * What the streams of a participant say together, by the worst of them. A score is 0 (nothing arrives) or that of
 * `streamScore`, to 10: 8 is 5 % of loss, 5 is 16 %.
 */
export function qualityOf(scores: readonly number[]): ConnectionQuality {
  if (scores.length === 0) return 'unknown';
  const worst = Math.min(...scores);
  if (worst >= 8) return 'excellent';
  if (worst >= 5) return 'good';
  return worst >= 1 ? 'poor' : 'lost';
}
