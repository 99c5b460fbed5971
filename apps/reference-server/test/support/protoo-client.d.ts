/** What is used of protoo-client 4, which carries no types. */
declare module 'protoo-client' {
  interface Notification {
    notification: true;
    method: string;
    data: Record<string, unknown>;
  }

  interface WebSocketTransport {
    readonly closed: boolean;
  }
  const WebSocketTransport: new (url: string, options?: { retry?: object }) => WebSocketTransport;

  class Peer {
    constructor(transport: WebSocketTransport);
    readonly closed: boolean;
    readonly connected: boolean;
    on(event: 'open' | 'failed' | 'disconnected' | 'close', listener: () => void): this;
    on(event: 'notification', listener: (notification: Notification) => void): this;
    request(method: string, data?: object): Promise<Record<string, unknown>>;
    close(): void;
  }

  export { type Notification, Peer, WebSocketTransport };
}
