import type { Topology } from '@parlor/sdk-client';
import type { JSX } from 'preact';
import { useCallState } from '../state/context.js';
import { Icon, type IconName } from '../ui/Icon.js';

interface Way {
  readonly icon: IconName;
  readonly short: string;
  readonly long: string;
}

const WAYS: Record<Topology, Way> = {
  p2p: {
    icon: 'direct',
    short: 'Direct',
    long: 'Pictures and sound go directly from browser to browser.',
  },
  sfu: {
    icon: 'server',
    short: 'Through the server',
    long: 'Pictures and sound go through the server.',
  },
};

/** How pictures and sound travel now, in two words. */
export const WayTag = (): JSX.Element | null => {
  const { topology } = useCallState();
  if (!topology) return null;
  const { icon, short, long } = WAYS[topology];
  return (
    <p class="way" data-testid="way" data-tip={long}>
      <Icon name={icon} size={17} />
      {short}
    </p>
  );
};

/** The same in a sentence. */
export const WayLine = (): JSX.Element | null => {
  const { topology } = useCallState();
  if (!topology) return null;
  const { icon, long } = WAYS[topology];
  return (
    <p class="way-line">
      <Icon name={icon} size={18} />
      {long}
    </p>
  );
};
