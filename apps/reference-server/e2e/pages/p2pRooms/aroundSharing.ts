/** What the document's screen sharing takes for granted of the page, beside its complete example. */

declare global {
  interface Window {
    peerConnections: Record<string, RTCPeerConnection>;
    sendSignaling: (message: ExampleMessage) => void;
    stopScreenShare: () => void;
    /** As on a machine that has no camera. */
    withoutCamera: () => void;
    /** What "Stop sharing" does to the track; no page can press that button. */
    endSharing: () => void;
  }
}

window.peerConnections = room.peerConnections;
window.sendSignaling = (message) => {
  room.send(message);
};

const senders = (): RTCRtpSender[] =>
  Object.values(room.peerConnections).flatMap((pc) =>
    pc.getSenders().filter(({ track }) => track?.kind === 'video'),
  );

// The document calls it and leaves it to the reader: the camera comes back.
window.stopScreenShare = () => {
  const camera = room.localStream?.getVideoTracks()[0] ?? null;
  for (const sender of senders()) void sender.replaceTrack(camera);
};

// The complete example knows one offer a connection; who is offered once more keeps the connection.
const create = room.createPeerConnection.bind(room);
room.createPeerConnection = (id) => room.peerConnections[id] ?? create(id);

window.withoutCamera = () => {
  room.getLocalStream = async () => {
    room.localStream = await navigator.mediaDevices.getUserMedia({ audio: true });
    return room.localStream;
  };
};

window.endSharing = () => {
  const track = senders()[0]?.track;
  track?.stop();
  track?.dispatchEvent(new Event('ended'));
};

export {};
