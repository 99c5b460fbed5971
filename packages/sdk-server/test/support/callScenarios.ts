import type { Stage } from './recordTranscript.js';
import type { Scenario } from './scenarios/steps.js';

type CallData = Record<string, unknown>;

/** A device that waits for calls. */
async function online(stage: Stage, deviceId: string, userId = deviceId): Promise<void> {
  await stage.connects(deviceId, { userId });
  await stage.asks(deviceId, 'openLine', { deviceId, displayName: userId.toUpperCase() });
}

async function ring(stage: Stage, from: string, userId: string): Promise<unknown> {
  return ((await stage.asks(from, 'call', { userId, video: false })) as CallData)['callId'];
}

export const callScenarios: Scenario[] = [
  {
    dialect: 'calls',
    name: 'answered',
    about: 'A call with video: it rings, is accepted, loses its video, and is hung up by the caller.',
    async play(stage) {
      await online(stage, 'alice');
      await online(stage, 'bob');
      const call = (await stage.asks('alice', 'call', { userId: 'bob', video: true })) as CallData;
      const { callId } = call;
      await stage.hears('bob', 'incomingCall');
      await stage.asks('bob', 'acceptCall', { callId });
      await stage.hears('alice', 'callAccepted');
      await stage.asks('bob', 'updateCall', { callId, video: false });
      await stage.hears('alice', 'callUpdated');
      await stage.asks('alice', 'hangUpCall', { callId });
      await stage.hears('bob', 'callEnded');
    },
  },
  {
    dialect: 'calls',
    name: 'not-answered',
    about: 'Rejected, called off, busy, and the connection of the caller lost.',
    async play(stage) {
      for (const name of ['alice', 'bob', 'carol']) await online(stage, name);
      await stage.asks('bob', 'rejectCall', { callId: await ring(stage, 'alice', 'bob') });
      await stage.hears('alice', 'callEnded');
      await stage.asks('alice', 'hangUpCall', { callId: await ring(stage, 'alice', 'bob') });
      await stage.hears('bob', 'callEnded');
      await ring(stage, 'alice', 'bob');
      await ring(stage, 'carol', 'alice');
      await stage.hears('carol', 'callEnded');
      await stage.disconnects('alice');
      await stage.hears('bob', 'callEnded');
    },
  },
  {
    dialect: 'calls',
    name: 'devices',
    about:
      'All devices ring, also one that comes later; one takes the call, and has it again when it comes back.',
    async play(stage) {
      await online(stage, 'alice');
      await online(stage, 'phone', 'bob');
      const callId = await ring(stage, 'alice', 'bob');
      await online(stage, 'laptop', 'bob');
      await stage.asks('laptop', 'acceptCall', { callId });
      await stage.hears('phone', 'callEnded');
      await stage.disconnects('laptop');
      await online(stage, 'laptop', 'bob');
      await stage.asks('laptop', 'closeLine');
      await stage.hears('alice', 'callEnded');
    },
  },
  {
    dialect: 'calls',
    name: 'lobby',
    about: 'Who can be rung, and what changes about it.',
    async play(stage) {
      await online(stage, 'alice');
      await online(stage, 'bob');
      await stage.asks('alice', 'listUsers');
      await stage.asks('bob', 'closeLine');
      await stage.hears('alice', 'usersChanged');
    },
  },
  {
    dialect: 'calls',
    name: 'errors',
    about: 'Every kind of refusal of a request.',
    async play(stage) {
      await stage.connects('alice', { userId: 'alice' });
      await stage.asks('alice', 'call', { userId: 'bob' });
      await stage.asks('alice', 'openLine', {});
      await stage.asks('alice', 'openLine', { deviceId: 'alice' });
      await stage.asks('alice', 'openLine', { deviceId: 'alice' });
      await stage.asks('alice', 'call', { userId: 'alice' });
      await stage.asks('alice', 'call', { userId: 'bob' });
      await stage.asks('alice', 'acceptCall', { callId: 'none' });
      await stage.asks('alice', 'joinRoom', {});
      await stage.sends('alice', '{', 'error');
      await online(stage, 'bob');
      await ring(stage, 'alice', 'bob');
      await stage.asks('alice', 'call', { userId: 'bob' });
    },
  },
];
