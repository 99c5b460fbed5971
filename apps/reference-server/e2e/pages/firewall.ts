/*
 * A network in which the first try of a pair comes to nothing: what the other side tells of its addresses is lost on
 * a connection that is free to choose its path, and arrives on one that may use relays only.
 */

const isFree = (connection: RTCPeerConnection): boolean =>
  connection.getConfiguration().iceTransportPolicy !== 'relay';

/** Call it before there are connections. Returns how many candidates have been lost so far. */
export function loseFreeCandidates(): () => number {
  let lost = 0;
  const { addIceCandidate, setRemoteDescription } = RTCPeerConnection.prototype;
  const add = addIceCandidate as (this: RTCPeerConnection, candidate: unknown) => Promise<void>;
  const setRemote = setRemoteDescription as (
    this: RTCPeerConnection,
    description: RTCSessionDescriptionInit,
  ) => Promise<void>;
  Object.assign(RTCPeerConnection.prototype, {
    addIceCandidate(this: RTCPeerConnection, candidate: unknown): Promise<void> {
      if (!isFree(this)) return add.call(this, candidate);
      lost += 1;
      return Promise.resolve();
    },
    setRemoteDescription(this: RTCPeerConnection, description: RTCSessionDescriptionInit): Promise<void> {
      if (!isFree(this)) return setRemote.call(this, description);
      const { type, sdp = '' } = description;
      return setRemote.call(this, { type, sdp: sdp.replace(/^a=candidate:.*\r?\n/gm, '') });
    },
  });
  return () => lost;
}
