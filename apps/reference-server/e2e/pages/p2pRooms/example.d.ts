/** What the examples of the document (documentExample.js.txt, documentScreenShare.js.txt) leave in the page. */

interface ExampleMessage {
  type: string;
  participant_id?: string;
  participant?: { id: string };
  participants?: { id: string }[];
  from?: string;
  to?: string;
  sdp?: string;
  code?: string;
}

declare class WebRTCRoom {
  myId: string | null;
  peerConnections: Record<string, RTCPeerConnection>;
  handleMessage(message: ExampleMessage): Promise<void>;
  localStream: MediaStream | null;
  getLocalStream(): Promise<MediaStream>;
  createPeerConnection(peerId: string): RTCPeerConnection;
  createOffer(peerId: string): Promise<void>;
  send(message: ExampleMessage): void;
  disconnect(): void;
}

declare const room: WebRTCRoom;
declare function startAsCreator(): Promise<void>;
declare function startAsGuest(roomId: string, password: string, name: string): Promise<void>;
declare function startScreenShare(): Promise<void>;
declare function joinRoom(roomId: string, password: string, name: string): Promise<unknown>;
