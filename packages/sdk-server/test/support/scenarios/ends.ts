import { audio, join, joinWithTransports, produce, type Scenario } from './steps.js';

export const ends: Scenario[] = [
  {
    name: 'replaced',
    about: 'A peer id is taken, unless it is the same client or the same user that comes again.',
    async play(stage) {
      await stage.connects('bob');
      await join(stage, 'bob');
      await stage.connects('alice');
      const { resumeToken } = await join(stage, 'alice');
      await stage.connects('stranger', { peerId: 'alice' });
      await stage.asks('stranger', 'joinRoom', { roomId: 'room', peerId: 'alice' });
      await stage.asks('stranger', 'joinRoom', { roomId: 'room', peerId: 'alice', resumeToken: 'guessed' });
      await stage.connects('alice2', { peerId: 'alice' });
      await stage.asks('alice2', 'joinRoom', { roomId: 'room', peerId: 'alice', resumeToken });
      await stage.connects('carol', { peerId: 'carol', userId: 'user-1' });
      await join(stage, 'carol');
      await stage.connects('carol2', { peerId: 'carol', userId: 'user-1' });
      await stage.asks('carol2', 'joinRoom', { roomId: 'room', peerId: 'carol' });
    },
  },
  {
    name: 'removed',
    about: 'The host application removes a peer: it is told not to come back.',
    async play(stage) {
      await joinWithTransports(stage, 'alice');
      await joinWithTransports(stage, 'bob');
      await produce(stage, 'bob', audio());
      await stage.host('removesPeer', { peerId: 'bob' });
    },
  },
  {
    name: 'room-closed',
    about: 'The host application closes the room.',
    async play(stage) {
      await joinWithTransports(stage, 'alice');
      await joinWithTransports(stage, 'bob');
      await produce(stage, 'alice', audio());
      await stage.host('closesRoom');
    },
  },
  {
    name: 'server-closing',
    about: 'The server shuts down: a new join is worth it.',
    async play(stage) {
      await joinWithTransports(stage, 'alice');
      await joinWithTransports(stage, 'bob');
      await stage.host('closesServer');
    },
  },
  {
    name: 'worker-lost',
    about: 'The media process dies: a new join is worth it.',
    async play(stage) {
      await joinWithTransports(stage, 'alice');
      await joinWithTransports(stage, 'bob');
      await produce(stage, 'alice', audio());
      await stage.host('losesWorker');
    },
  },
  {
    name: 'draining',
    about: 'The server is going to end: who is in is told and goes on, nobody else gets in.',
    async play(stage) {
      await stage.connects('alice');
      await join(stage, 'alice');
      await stage.connects('bob');
      await join(stage, 'bob');
      await stage.hears('alice', 'peerJoined');
      await stage.connects('carol');
      await stage.host('drains');
      await join(stage, 'carol');
      await stage.asks('alice', 'sendMessage', { topic: 'chat', payload: 'still here' });
      await stage.hears('bob', 'message');
    },
  },
];
