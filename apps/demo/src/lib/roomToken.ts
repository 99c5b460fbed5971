const key = (room: string): string => `parlor-token:${room}`;

/** The token of a room, for a reload of this tab: the address bar is for sharing and does not keep it. */
export const loadToken = (room: string): string | undefined => {
  try {
    return sessionStorage.getItem(key(room)) ?? undefined;
  } catch {
    // Storage may be forbidden: the page then asks again.
    return undefined;
  }
};

export const saveToken = (room: string, token: string): void => {
  try {
    sessionStorage.setItem(key(room), token);
  } catch {
    // As above.
  }
};
