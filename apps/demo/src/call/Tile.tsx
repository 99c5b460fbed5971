import type { JSX } from 'preact';
import { useCall, useCallState } from '../state/context.js';
import { Avatar } from '../ui/Avatar.js';
import { Icon } from '../ui/Icon.js';
import { IconButton } from '../ui/IconButton.js';
import { TrackVideo } from '../ui/TrackVideo.js';
import type { TileItem } from './arrange.js';
import { QualityBars } from './QualityBars.js';

interface TileProps {
  readonly item: TileItem;
  readonly large?: boolean;
}

const captionOf = ({ person, kind }: TileItem): string => {
  if (kind === 'screen') return person.isLocal ? 'Your screen' : `${person.name}’s screen`;
  return person.isLocal ? `${person.name} (you)` : person.name;
};

/** A person or a screen: picture or initials, name, what is off, who speaks. */
export const Tile = ({ item, large = false }: TileProps): JSX.Element => {
  const call = useCall();
  const { speakers, pinned } = useCallState();
  const { person, kind, track, key } = item;
  const isCamera = kind === 'camera';
  const speaking = isCamera && person.micOn && speakers.includes(person.id);
  const caption = captionOf(item);
  return (
    <article
      class={`tile ${kind} ${speaking ? 'speaking' : ''} ${large ? 'large' : ''}`}
      aria-label={caption}
      data-testid="tile"
      data-identity={person.id}
      data-kind={kind}
    >
      {track ? (
        <TrackVideo
          track={track}
          mirrored={isCamera && person.isLocal}
          fit={isCamera && !large ? 'cover' : 'contain'}
        />
      ) : (
        <Avatar id={person.id} name={person.name} />
      )}
      <div class="tile-foot">
        <span class="tile-name">
          {isCamera && !person.micOn && (
            <span class="muted-badge" role="img" aria-label="Microphone off">
              <Icon name="micOff" size={15} />
            </span>
          )}
          <span class="tile-caption">{caption}</span>
          {speaking && <span class="visually-hidden">is speaking</span>}
        </span>
        {isCamera && <QualityBars quality={person.quality} />}
      </div>
      <div class="tile-tools">
        <IconButton
          icon="pin"
          label={`Pin ${caption}`}
          hint={pinned === key ? 'Unpin' : 'Pin'}
          pressed={pinned === key}
          size="small"
          onClick={() => void call.togglePin(key)}
        />
      </div>
    </article>
  );
};
