const SUBJECTS: Record<string, string> = {
  camera: 'camera',
  microphone: 'microphone',
  screen: 'screen',
  screenAudio: 'sound of the screen',
  videoinput: 'camera',
  audioinput: 'microphone',
  audiooutput: 'speaker',
};

/** What to tell a person about each code, with what to do next. `%` stands for the device. */
const TEXTS: Record<string, string> = {
  PERMISSION_DENIED: 'The browser blocks the %. Allow it in the address bar, then try again.',
  DEVICE_NOT_FOUND: 'No % was found. Plug one in and try again.',
  DEVICE_IN_USE: 'The % is in use by another app. Close that app and try again.',
  DEVICE_CONSTRAINTS: 'The % cannot do what was asked. Choose another one.',
  DEVICE_LOST: 'The % was unplugged or switched off.',
  CAPTURE_FAILED: 'The % could not be started. Try again, or choose another one.',
  CAPTURE_UNSUPPORTED: 'This browser cannot use a % on this page. An https address is needed.',
  OUTPUT_SELECTION_UNSUPPORTED: 'This browser plays through the system’s speaker only.',
  PLAYBACK_BLOCKED: 'The browser still blocks the sound. Click once more.',
  UNAUTHORIZED: 'This server asks for an access token.',
  TOKEN_INVALID: 'The access token is not valid for this server. Ask for a new one.',
  TOKEN_EXPIRED: 'The access token has expired. Ask for a new one.',
  FORBIDDEN: 'You are not allowed to do that here.',
  ROOM_NOT_ALLOWED: 'Your access token is not for this room.',
  JOIN_REFUSED: 'The server did not let you in.',
  PUBLISH_REFUSED: 'You may not share your % in this room.',
  PEER_REMOVED: 'You were removed from the call.',
  PEER_REPLACED: 'You joined this call from another window.',
  LIMIT_REACHED: 'The room is full.',
  RATE_LIMITED: 'That was a bit too fast. Wait a moment and try again.',
  ROOM_CLOSED: 'The call was ended for everyone.',
  IDLE_TIMEOUT: 'The connection was idle for too long.',
  SLOW_RECEIVER: 'Your connection is too slow for this call.',
  MEDIA_SERVER_DIED: 'The media server had to restart. Join again.',
  MEDIA_UNAVAILABLE: 'The server cannot carry media right now. Try again in a minute.',
  SERVER_CLOSING: 'The server is restarting. Join again in a minute.',
  SERVER_UNREACHABLE: 'The server cannot be reached. Check your connection and try again.',
  CONNECT_TIMEOUT: 'The server did not answer in time. Check your connection and try again.',
  CONNECTION_LOST: 'The connection was lost.',
  REQUEST_TIMEOUT: 'The server did not answer in time. Try again.',
  NOT_CONNECTED: 'You are not connected right now. Try again in a moment.',
  MESSAGE_TOO_LARGE: 'That message is too long.',
  BROWSER_UNSUPPORTED: 'This browser cannot make calls. Use a current Chrome, Edge, Firefox or Safari.',
  TOPOLOGY_MISMATCH:
    'The others in this room send their pictures another way. Open the link that they gave you, or choose another room.',
  USER_OFFLINE: 'They are not online any more.',
  ALREADY_IN_CALL: 'You are in a call already, here or on another device. Hang up first.',
  CALL_REFUSED: 'You may not call this person.',
  CALL_NOT_FOUND: 'That call is over.',
  CALL_NOT_ACTIVE: 'That call is over.',
  INVALID_URL: 'The address of this room is not valid.',
};

/** Text for people instead of a code. `subject`: the device or track source that it is about. */
export const errorText = (code: string, subject = ''): string => {
  const text = TEXTS[code] ?? `Something went wrong (${code}).`;
  return text.replace('%', SUBJECTS[subject] ?? 'device');
};

/** Codes after which a token is worth asking for. */
export const asksForToken = (code: string): boolean =>
  ['UNAUTHORIZED', 'TOKEN_INVALID', 'TOKEN_EXPIRED', 'ROOM_NOT_ALLOWED'].includes(code);
