/** All lengths in CSS pixels. */
export interface GridOptions {
  /** Width over height that a tile may have: the picture inside is cropped to it. */
  readonly minAspect: number;
  readonly maxAspect: number;
  readonly gap: number;
  /** Narrower than this a face is no longer recognisable: then the grid scrolls instead. */
  readonly minTileWidth: number;
}

export interface GridLayout {
  readonly columns: number;
  readonly rows: number;
  readonly tileWidth: number;
  readonly tileHeight: number;
  /** The rows do not fit the height of the box. */
  readonly scrolls: boolean;
}

export interface Box {
  readonly width: number;
  readonly height: number;
}

const EMPTY: GridLayout = { columns: 0, rows: 0, tileWidth: 0, tileHeight: 0, scrolls: false };

/** The aspect range that suits the box: upright tiles only where the window itself is upright. */
export const aspectsFor = ({ width, height }: Box): Pick<GridOptions, 'minAspect' | 'maxAspect'> =>
  height > width ? { minAspect: 3 / 4, maxAspect: 16 / 9 } : { minAspect: 4 / 3, maxAspect: 16 / 9 };

/**
 * The column count that makes `count` equal tiles as large as the box allows; among equals the one with the
 * fewest empty places. A tile fills its cell as far as the aspect range lets it.
 */
export const gridLayout = (count: number, box: Box, options: GridOptions): GridLayout => {
  if (count < 1 || box.width <= 0 || box.height <= 0) return EMPTY;
  let best = EMPTY;
  for (let columns = 1; columns <= count; columns++) {
    const candidate = withColumns(count, columns, { box, options });
    if (isBetter(candidate, best, count)) best = candidate;
  }
  return best.tileWidth < options.minTileWidth ? scrolling(count, box, options) : best;
};

interface Frame {
  readonly box: Box;
  readonly options: GridOptions;
}

const withColumns = (count: number, columns: number, { box, options }: Frame): GridLayout => {
  const { gap, minAspect, maxAspect } = options;
  const rows = Math.ceil(count / columns);
  const cellWidth = Math.max(0, (box.width - gap * (columns - 1)) / columns);
  const cellHeight = Math.max(0, (box.height - gap * (rows - 1)) / rows);
  return {
    columns,
    rows,
    tileWidth: Math.min(cellWidth, cellHeight * maxAspect),
    tileHeight: Math.min(cellHeight, cellWidth / minAspect),
    scrolls: false,
  };
};

const isBetter = (candidate: GridLayout, best: GridLayout, count: number): boolean => {
  const difference = candidate.tileWidth * candidate.tileHeight - best.tileWidth * best.tileHeight;
  if (Math.abs(difference) > 0.5) return difference > 0;
  return best.columns > 0 && candidate.columns * candidate.rows - count < best.columns * best.rows - count;
};

/** As many columns of the smallest recognisable tile as the width takes, and as many rows as that needs. */
const scrolling = (
  count: number,
  box: Box,
  { gap, minTileWidth, minAspect, maxAspect }: GridOptions,
): GridLayout => {
  const fitting = Math.max(1, Math.floor((box.width + gap) / (minTileWidth + gap)));
  const columns = Math.min(count, fitting);
  const tileWidth = Math.max(0, (box.width - gap * (columns - 1)) / columns);
  const aspect = Math.min(Math.max(4 / 3, minAspect), maxAspect);
  const tileHeight = tileWidth / aspect;
  const rows = Math.ceil(count / columns);
  return { columns, rows, tileWidth, tileHeight, scrolls: rows * (tileHeight + gap) - gap > box.height };
};
