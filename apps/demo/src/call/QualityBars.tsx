import type { ConnectionQuality } from '@parlor/sdk-client';
import type { JSX } from 'preact';

const SHOWN: Partial<Record<ConnectionQuality, { bars: number; text: string }>> = {
  good: { bars: 2, text: 'Connection: good' },
  poor: { bars: 1, text: 'Connection: poor' },
  lost: { bars: 0, text: 'Connection: lost' },
};

/** Only when there is something to say: an excellent connection needs no mark. */
export const QualityBars = ({ quality }: { quality: ConnectionQuality }): JSX.Element | null => {
  const shown = SHOWN[quality];
  if (!shown) return null;
  return (
    <span class={`quality ${quality}`} role="img" aria-label={shown.text} title={shown.text}>
      {[1, 2, 3].map((bar) => (
        <span key={bar} class={bar <= shown.bars ? 'lit' : ''} />
      ))}
    </span>
  );
};
