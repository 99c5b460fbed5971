export interface PageParams {
  readonly room: string | undefined;
  readonly name: string | undefined;
  readonly token: string | undefined;
  /** Where to signal: `?server=`, else the server that the page came from. */
  readonly server: string;
}

const nonEmpty = (value: string | null): string | undefined => {
  const text = value?.trim();
  return text === undefined || text === '' ? undefined : text;
};

export const readPageParams = (href: string): PageParams => {
  const url = new URL(href);
  return {
    room: nonEmpty(url.searchParams.get('room')),
    name: nonEmpty(url.searchParams.get('name')),
    token: nonEmpty(url.searchParams.get('token')),
    server: new URL('/ws', nonEmpty(url.searchParams.get('server')) ?? url.origin).href,
  };
};

/** The address to give to others: the room and where it is, nothing personal. */
export const inviteLink = (href: string, room: string): string => {
  const url = new URL(href);
  const server = url.searchParams.get('server');
  url.search = '';
  url.hash = '';
  url.searchParams.set('room', room);
  if (server !== null) url.searchParams.set('server', server);
  return url.href;
};
