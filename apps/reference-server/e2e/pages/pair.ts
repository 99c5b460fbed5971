import { framesDecoded, selectedCandidates } from './connections.js';

/** Two peer connections without any library, relays only, with the ICE servers that a Parlor gives out. */
export interface PairPage {
  /** The ICE servers that the answer to `joinRoom` has for this peer. */
  iceServers(socketUrl: string, peer: { roomId: string; peerId: string }): Promise<RTCIceServer[]>;
  /** Sends the camera from one to the other; resolves when they are connected. */
  call(caller: RTCIceServer[], callee: RTCIceServer[]): Promise<void>;
  framesDecoded(): Promise<number>;
  selectedCandidates(): Promise<string[]>;
}

declare global {
  interface Window {
    pair: PairPage;
  }
}

interface JoinAnswer {
  response?: true;
  data: { iceServers: RTCIceServer[] };
}

function iceServers(socketUrl: string, peer: { roomId: string; peerId: string }): Promise<RTCIceServer[]> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`${socketUrl}?${new URLSearchParams(peer).toString()}`);
    socket.onopen = () => {
      socket.send(JSON.stringify({ request: true, id: 1, method: 'joinRoom', data: peer }));
    };
    socket.onclose = ({ code, reason }) => {
      reject(new Error(`closed with ${String(code)} ${reason}`));
    };
    socket.onmessage = ({ data }: MessageEvent<string>) => {
      const message = JSON.parse(data) as JoinAnswer;
      if (message.response) resolve(message.data.iceServers);
    };
  });
}

async function call(caller: RTCIceServer[], callee: RTCIceServer[]): Promise<void> {
  const [a, b] = [caller, callee].map(
    (servers) => new RTCPeerConnection({ iceServers: servers, iceTransportPolicy: 'relay' }),
  ) as [RTCPeerConnection, RTCPeerConnection];
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.onicecandidate = ({ candidate }) => void to.addIceCandidate(candidate ?? undefined);
  }
  b.ontrack = ({ streams: [stream] }) => {
    const video = Object.assign(document.createElement('video'), { autoplay: true, muted: true });
    video.srcObject = stream ?? null;
    document.body.append(video);
  };
  const camera = await navigator.mediaDevices.getUserMedia({ video: { width: 320, height: 180 } });
  for (const track of camera.getTracks()) a.addTrack(track, camera);
  const connected = new Promise<void>((resolve, reject) => {
    b.onconnectionstatechange = () => {
      if (b.connectionState === 'connected') resolve();
      if (b.connectionState === 'failed') reject(new Error('no path'));
    };
  });
  const offer = await a.createOffer();
  await a.setLocalDescription(offer);
  await b.setRemoteDescription(offer);
  const answer = await b.createAnswer();
  await b.setLocalDescription(answer);
  await a.setRemoteDescription(answer);
  await connected;
}

window.pair = { iceServers, call, framesDecoded, selectedCandidates };
