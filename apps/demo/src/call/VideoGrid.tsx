import type { JSX } from 'preact';
import { aspectsFor, gridLayout } from '../lib/gridLayout.js';
import { useElementSize } from '../ui/useElementSize.js';
import type { TileItem } from './arrange.js';
import { Tile } from './Tile.js';

const GAP = 10;
const MIN_TILE_WIDTH = 104;

/** Everyone the same size, as large as the window allows. */
export const VideoGrid = ({ tiles }: { tiles: readonly TileItem[] }): JSX.Element => {
  const [ref, box] = useElementSize<HTMLDivElement>();
  const options = { ...aspectsFor(box), gap: GAP, minTileWidth: MIN_TILE_WIDTH };
  const { columns, tileWidth, tileHeight, scrolls } = gridLayout(tiles.length, box, options);
  const width = `${String(Math.floor(tileWidth))}px`;
  const height = `${String(Math.floor(tileHeight))}px`;
  return (
    <div
      ref={ref}
      class={`grid ${scrolls ? 'scrolls' : ''}`}
      tabIndex={scrolls ? 0 : undefined}
      data-testid="grid"
    >
      <ul
        class="grid-tiles"
        style={{ maxWidth: `${String(columns * (tileWidth + GAP))}px`, gap: `${String(GAP)}px` }}
      >
        {columns > 0 &&
          tiles.map((tile) => (
            <li key={tile.key} style={{ width, height }}>
              <Tile item={tile} />
            </li>
          ))}
      </ul>
    </div>
  );
};
