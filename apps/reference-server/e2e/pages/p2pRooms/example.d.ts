/** What the example of the document (documentExample.js.txt) leaves in the page. */

interface ExampleMessage {
  type: string;
  participant_id?: string;
  participant?: { id: string };
  participants?: { id: string }[];
  from?: string;
  to?: string;
  code?: string;
}

declare class WebRTCRoom {
  myId: string | null;
  peerConnections: Record<string, RTCPeerConnection>;
  handleMessage(message: ExampleMessage): Promise<void>;
  createOffer(peerId: string): Promise<void>;
  send(message: ExampleMessage): void;
  disconnect(): void;
}

declare const room: WebRTCRoom;
declare function startAsCreator(): Promise<void>;
declare function startAsGuest(roomId: string, password: string, name: string): Promise<void>;
declare function joinRoom(roomId: string, password: string, name: string): Promise<unknown>;
