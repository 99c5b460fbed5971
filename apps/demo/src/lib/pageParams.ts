import type { RoomOptions } from '@parlor/sdk-client';

type Topology = NonNullable<RoomOptions['topology']>;

const TOPOLOGIES: readonly string[] = ['auto', 'sfu', 'p2p'] satisfies Topology[];
const isTopology = (value: string): value is Topology => TOPOLOGIES.includes(value);

export interface PageParams {
  readonly room: string | undefined;
  readonly name: string | undefined;
  readonly token: string | undefined;
  /** Where to signal: `?server=`, else the server that the page came from. */
  readonly server: string;
  /** Undefined: the SDK's default. */
  readonly topology: Topology | undefined;
  /** `?faults`: the page can be broken on purpose. */
  readonly faults: boolean;
  /** What of the address is not understood, as text. */
  readonly problem: string | undefined;
}

const nonEmpty = (value: string | null): string | undefined => {
  const text = value?.trim();
  return text === undefined || text === '' ? undefined : text;
};

export const readPageParams = (href: string): PageParams => {
  const url = new URL(href);
  const topology = nonEmpty(url.searchParams.get('topology'));
  const known = topology === undefined || isTopology(topology);
  return {
    room: nonEmpty(url.searchParams.get('room')),
    name: nonEmpty(url.searchParams.get('name')),
    token: nonEmpty(url.searchParams.get('token')),
    server: new URL('/ws', nonEmpty(url.searchParams.get('server')) ?? url.origin).href,
    topology: known ? topology : undefined,
    faults: url.searchParams.has('faults'),
    problem: known
      ? undefined
      : `The address asks for topology "${topology}". It can be "auto", "sfu" or "p2p".`,
  };
};

/** The address to give to others: the room, where it is and of which kind, nothing personal. */
export const inviteLink = (href: string, room: string): string => {
  const url = new URL(href);
  const kept = ['server', 'topology'].map((name) => [name, url.searchParams.get(name)] as const);
  url.search = '';
  url.hash = '';
  url.searchParams.set('room', room);
  for (const [name, value] of kept) if (value !== null) url.searchParams.set(name, value);
  return url.href;
};
