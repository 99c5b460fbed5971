export * from './calls.js';
export * from './codes.js';
export * from './http.js';
export * from './model.js';
export * from './p2pRooms.js';
export * from './peerSignal.js';
export * from './protoo.js';
export * from './rtp.js';
