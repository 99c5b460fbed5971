import type { JSX } from 'preact';
import type { TileItem } from './arrange.js';
import { Tile } from './Tile.js';

interface SpotlightProps {
  readonly featured: TileItem;
  readonly others: readonly TileItem[];
}

/** One large tile with the others in a strip. */
export const Spotlight = ({ featured, others }: SpotlightProps): JSX.Element => (
  <div class="spotlight">
    <div class="spotlight-main" data-testid="featured">
      <Tile key={featured.key} item={featured} large />
    </div>
    <ul class="strip" aria-label="Everyone" tabIndex={0}>
      {others.map((tile) => (
        <li key={tile.key}>
          <Tile item={tile} />
        </li>
      ))}
    </ul>
  </div>
);
