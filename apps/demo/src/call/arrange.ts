import type { Track } from '@parlor/sdk-client';
import type { CallState, Person } from '../state/callState.js';

/** One tile: a person, or the screen that a person shares. */
export interface TileItem {
  readonly key: string;
  readonly person: Person;
  readonly kind: 'camera' | 'screen';
  readonly track: Track | undefined;
}

export interface Arrangement {
  /** Shown large; the others in a strip beside it. Absent: all the same size. */
  readonly featured: TileItem | undefined;
  readonly others: readonly TileItem[];
}

export const tilesOf = (people: readonly Person[]): TileItem[] => {
  const screens = people.flatMap((person): TileItem[] =>
    person.screen ? [{ key: `${person.id}/screen`, person, kind: 'screen', track: person.screen }] : [],
  );
  const cameras = people.map((person): TileItem => ({
    key: `${person.id}/camera`,
    person,
    kind: 'camera',
    track: person.camera,
  }));
  return [...screens, ...cameras];
};

/** What is pinned comes first, then a shared screen, then (in the speaker layout) who speaks. */
export const arrange = ({
  people,
  pinned,
  layout,
  speakers,
}: Pick<CallState, 'people' | 'pinned' | 'layout' | 'speakers'>): Arrangement => {
  const tiles = tilesOf(people);
  const featured =
    tiles.find(({ key }) => key === pinned) ??
    tiles.find(({ kind }) => kind === 'screen') ??
    (layout === 'speaker' && tiles.length > 1 ? speakerTile(tiles, speakers) : undefined);
  return { featured, others: tiles.filter((tile) => tile !== featured) };
};

/** The loudest of the others; nobody speaking: the first of the others, so that the picture does not jump to oneself. */
const speakerTile = (tiles: readonly TileItem[], speakers: readonly string[]): TileItem | undefined => {
  const others = tiles.filter(({ person }) => !person.isLocal);
  const loudest = speakers.find((id) => others.some(({ person }) => person.id === id));
  return others.find(({ person }) => person.id === loudest) ?? others[0];
};
