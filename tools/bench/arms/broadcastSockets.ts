import { notification, serveBroadcasts } from './broadcastServer.js';

/** The least that Node can do: one frame (RFC 6455 §5.2) for all, with one number, straight to their sockets. */
serveBroadcasts((others, said) => {
  const text = Buffer.from(notification(1, said));
  const header = Buffer.from([0x81, 126, text.length >> 8, text.length & 0xff]);
  const frame = Buffer.concat([header, text]).toString('latin1');
  for (const { socket } of others) socket.write(frame, 'latin1');
});
