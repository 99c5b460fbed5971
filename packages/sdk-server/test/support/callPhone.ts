import { once } from 'node:events';
import { WebSocket } from 'ws';
import type { Frame } from './FrameLog.js';
import type { SocketClient, SocketServer } from './socketServer.js';
import { TestClient } from './TestClient.js';

export interface PhoneOptions {
  deviceId?: string;
  token?: string;
  displayName?: string;
}

/** A device on `/calls` that writes its messages by hand. */
export interface CallPhone extends SocketClient {
  /** As `TestClient.ask`, for `call`: the id of the call. */
  ring(userId: string, options?: { video?: boolean }): Promise<string>;
  /** The next notification of this kind that was not waited for yet. */
  hears(method: string): Promise<Record<string, unknown>>;
}

/** Opens the socket only. Rejects with what the server answered when it refuses the upgrade. */
export async function dial(server: SocketServer, query: Record<string, string>): Promise<CallPhone> {
  const url = `${server.url.replace('http', 'ws')}/calls?${new URLSearchParams(query).toString()}`;
  const ws = new WebSocket(url, 'protoo');
  const client = Object.assign(new TestClient(query['userId'] ?? '', ''), { ws });
  ws.on('message', (data) => {
    client.log.push((data as Buffer).toString());
  });
  ws.on('close', (code, reason) => {
    client.ended(code, reason.toString());
  });
  client.attach({
    send: (text) => {
      ws.send(text);
    },
    close: () => {
      ws.terminate();
    },
    lose: () => {
      ws.terminate();
    },
  });
  const heard = new Set<Frame>();
  const phone = Object.assign(client, {
    ring: async (userId: string, options = {}) =>
      (await client.ask<{ callId: string }>('call', { userId, ...options })).callId,
    hears: async (method: string) => {
      const frame = await client.log.find((each) => each.method === method && !heard.has(each));
      heard.add(frame);
      return frame.data ?? {};
    },
  });
  await once(ws, 'open');
  return phone;
}

/** A device that waits for calls. */
export async function phone(
  server: SocketServer,
  userId: string,
  { deviceId = `${userId}-phone`, token, displayName }: PhoneOptions = {},
): Promise<CallPhone> {
  const client = await dial(server, token === undefined ? { userId } : { token });
  await client.ask('openLine', { deviceId, ...(displayName !== undefined && { displayName }) });
  return client;
}
