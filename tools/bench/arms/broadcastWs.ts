import type { WebSocket } from 'ws';
import { notification, serveBroadcasts } from './broadcastServer.js';

/** The same words as ours by bare `ws`: what is told to everybody is printed for each, with the number that is theirs. */
const told = new WeakMap<WebSocket, number>();

serveBroadcasts((others, said) => {
  for (const { ws } of others) {
    const seq = (told.get(ws) ?? 0) + 1;
    told.set(ws, seq);
    ws.send(notification(seq, said));
  }
});
