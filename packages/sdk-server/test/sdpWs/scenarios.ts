import { NEGOTIATION_TIMES } from '../../src/sdp/Negotiator.js';
import type { Stage } from './recordSdpWs.js';

export interface SdpWsScenario {
  name: string;
  about: string;
  play(stage: Stage): Promise<void>;
}

const { debounce, grace, answer: patience } = NEGOTIATION_TIMES;
const CANDIDATE = {
  candidate: 'candidate:1 1 UDP 2113667326 192.168.1.100 54400 typ host',
  sdpMLineIndex: 0,
  sdpMid: '0',
};

export const sdpWsScenarios: readonly SdpWsScenario[] = [
  {
    name: 'source-document-call',
    about:
      'Two clients that know only the source document: both publish, each is offered the other, one leaves.',
    async play({ connects, sends, offers, answers, arrives, passes, disconnects }) {
      await connects('alice');
      await sends('alice', { type: 'join' });
      await offers('alice', ['audio', 'video']);
      await sends('alice', { type: 'ice', payload: CANDIDATE });
      await arrives('alice');
      await connects('bob');
      await sends('bob', { type: 'join' });
      await offers('bob', ['audio', 'video']);
      await passes(debounce);
      await answers('bob');
      await arrives('bob');
      await passes(debounce);
      await answers('alice');
      await sends('bob', { type: 'leave' });
      await passes(debounce);
      await answers('alice');
      await disconnects('bob');
    },
  },
  {
    name: 'server-offers-first',
    about: 'A client that waits for an offer, and one that does not join before it offers.',
    async play({ connects, sends, answers, offers, arrives, passes }) {
      await connects('waiting');
      await sends('waiting', { type: 'join', name: 'Waiting' });
      await passes(grace);
      await answers('waiting', ['audio', 'video']);
      await arrives('waiting');
      await connects('eager');
      await offers('eager', ['audio'], { asText: true });
      await passes(debounce);
    },
  },
  {
    name: 'muted',
    about: 'A publisher is muted and heard again: told in words and by the direction of its section.',
    async play({ connects, sends, offers, answers, arrives, passes, mutes }) {
      await connects('speaker');
      await sends('speaker', { type: 'join' });
      await offers('speaker', ['audio']);
      await arrives('speaker');
      await connects('listener');
      await sends('listener', { type: 'join' });
      await offers('listener', ['audio']);
      await passes(debounce);
      await answers('listener');
      await mutes('speaker', true);
      await passes(debounce);
      await answers('listener');
      await mutes('speaker', false);
      await passes(debounce);
      await answers('listener');
    },
  },
  {
    name: 'errors',
    about: 'What is not JSON is ignored; what makes no sense is named; who may not publish hears it.',
    async play({ connects, sends, offers }) {
      await connects('mallory', { can: { publish: ['audio'] } });
      await sends('mallory', '{');
      await sends('mallory', { type: 'sing' });
      await sends('mallory', { type: 'answer', payload: { type: 'answer', sdp: 'v=0' } });
      await sends('mallory', { type: 'join' });
      await sends('mallory', { type: 'join' });
      await sends('mallory', { type: 'offer', payload: { type: 'offer', sdp: 'hello' } });
      await sends('mallory', { type: 'ice', payload: { candidate: 'hello' } });
      await offers('mallory', ['audio', 'video']);
    },
  },
  {
    name: 'never-answers',
    about: 'A client that does not answer the server’s offer is let go, and the other one is told.',
    async play({ connects, sends, passes }) {
      await connects('alice');
      await sends('alice', { type: 'join' });
      await connects('silent');
      await sends('silent', { type: 'join' });
      await passes(grace);
      await sends('alice', { type: 'leave' });
      await passes(patience);
    },
  },
];
