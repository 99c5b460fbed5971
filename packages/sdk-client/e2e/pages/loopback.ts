/** What another page would send, as it is received: by a peer connection that begins and ends in this page. */
export interface Received {
  readonly audio: MediaStreamTrack;
  readonly video: MediaStreamTrack;
  /** Held, so that they are not collected. */
  readonly connections: readonly RTCPeerConnection[];
}

const pass = (from: RTCPeerConnection, to: RTCPeerConnection) => {
  from.onicecandidate = ({ candidate }) => {
    void to.addIceCandidate(candidate ?? undefined);
  };
};

/** Sends both tracks to itself. Resolves when they are there, before anything has arrived on them. */
export async function loopback(audio: MediaStreamTrack, video: MediaStreamTrack): Promise<Received> {
  const [sender, receiver] = [new RTCPeerConnection(), new RTCPeerConnection()];
  pass(sender, receiver);
  pass(receiver, sender);
  for (const track of [audio, video]) sender.addTrack(track);
  await sender.setLocalDescription();
  if (sender.localDescription) await receiver.setRemoteDescription(sender.localDescription);
  await receiver.setLocalDescription();
  if (receiver.localDescription) await sender.setRemoteDescription(receiver.localDescription);
  const tracks = receiver.getReceivers().map(({ track }) => track);
  const of = (kind: string) => {
    const track = tracks.find((each) => each.kind === kind);
    if (!track) throw new Error(`no ${kind} track`);
    return track;
  };
  return { audio: of('audio'), video: of('video'), connections: [sender, receiver] };
}

/** Resolves when frames of it are decoded. */
export async function flows(video: MediaStreamTrack): Promise<void> {
  const element = document.createElement('video');
  element.muted = true;
  element.srcObject = new MediaStream([video]);
  await element.play();
  element.srcObject = null;
}
