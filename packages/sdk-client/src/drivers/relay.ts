/** A server that passes media on (TURN, RFC 8656). */
export const isRelay = ({ urls }: RTCIceServer): boolean => [urls].flat().some((url) => /^turns?:/.test(url));
