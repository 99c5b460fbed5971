import { beforeEach, expect, test } from 'vitest';
import { sampleAudio, sampleVideo } from '../../testing/rtpSamples.js';
import { meeting, type Guest } from '../topology/testing/meeting.js';
import { PRIORITY } from './priority.js';

let stage: ReturnType<typeof meeting>;
let alice: Guest;
let bob: Guest;
let viewer: Guest;
let microphones: Map<Guest, string>;
beforeEach(async () => {
  stage = meeting();
  const join = (id: string) => stage.join(id, { topology: 'sfu' });
  [alice, bob, viewer] = [await join('alice'), await join('bob'), await join('viewer')];
  microphones = new Map();
  for (const guest of [alice, bob]) {
    const { id: transportId } = await guest.peer.createTransport({ direction: 'send' });
    const sound = { kind: 'audio' as const, rtpParameters: sampleAudio(), transportId };
    microphones.set(guest, (await guest.peer.produce(sound)).id);
    await guest.peer.produce({ kind: 'video', rtpParameters: sampleVideo(), transportId });
  }
  await watch(viewer);
});

async function watch(guest: Guest): Promise<void> {
  await guest.peer.createTransport({ direction: 'recv' });
  guest.peer.setRtpCapabilities(stage.media().rtpCapabilities);
  await guest.peer.subscribe([...stage.room().producers.keys()], { follow: true });
}

/** What a guest has of others, by whose it is and what. */
function priorities(guest = viewer): Record<string, number | undefined> {
  const all = [...guest.peer.consumers.values()];
  return Object.fromEntries(
    all.map(({ producer: { peer, kind, appData }, forwarding }) => [
      `${peer.id} ${String(appData['source'] ?? kind)}`,
      forwarding.priority,
    ]),
  );
}

/** As the media server has them, in order of size. */
const asked = () =>
  [...stage.media().transports]
    .flatMap(({ consumers }) => [...consumers])
    .map(({ priority }) => priority)
    .sort((a, b) => b - a);

/** The media server hears somebody for a while, louder than all others. */
async function speaks(guest: Guest): Promise<void> {
  const producerId = microphones.get(guest) ?? '';
  for (let report = 0; report < 10; report += 1) {
    stage.media().emit('activeSpeakers', [{ producerId, level: 0.5 }]);
    await stage.clock.pass(400);
  }
}

test('whoever speaks comes before the others, one at a time; sound has none', async () => {
  const { other, speaker } = PRIORITY;
  const none = { 'alice audio': undefined, 'bob audio': undefined };
  expect(priorities()).toEqual({ ...none, 'alice video': other, 'bob video': other });
  await speaks(alice);
  expect(priorities()).toEqual({ ...none, 'alice video': speaker, 'bob video': other });
  await speaks(bob);
  expect(priorities()).toEqual({ ...none, 'alice video': other, 'bob video': speaker });
  expect(asked()).toEqual([speaker, other, other, other]);
});

test('silence and a cough change nothing', async () => {
  await speaks(alice);
  stage.media().emit('activeSpeakers', []);
  stage.media().emit('activeSpeakers', [{ producerId: microphones.get(bob) ?? '', level: 0.9 }]);
  await stage.clock.pass(400);
  expect(priorities()).toMatchObject({ 'alice video': PRIORITY.speaker, 'bob video': PRIORITY.other });
});

test('what is pinned comes before who speaks, for who has pinned it', async () => {
  const second = await stage.join('second', { topology: 'sfu' });
  await watch(second);
  await speaks(alice);
  const video = [...bob.peer.producers.values()].find(({ kind }) => kind === 'video');
  stage.room().forwarding.ask(viewer.peer, { lastN: undefined, pinned: [video?.id ?? ''] });
  const { pinned, speaker, other } = PRIORITY;
  expect(priorities()).toMatchObject({ 'alice video': speaker, 'bob video': pinned });
  expect(priorities(second)).toMatchObject({ 'alice video': speaker, 'bob video': other });
  stage.room().forwarding.ask(viewer.peer, { lastN: undefined, pinned: [] });
  expect(priorities()).toMatchObject({ 'alice video': speaker, 'bob video': other });
});

test('screens come first, and who comes later finds it so', async () => {
  await speaks(bob);
  const { id: transportId } = await bob.peer.createTransport({ direction: 'send' });
  await bob.peer.produce({
    kind: 'video',
    rtpParameters: sampleVideo(),
    transportId,
    appData: { source: 'screen' },
  });
  const late = await stage.join('late', { topology: 'sfu' });
  await watch(late);
  const { screen, speaker, other } = PRIORITY;
  expect(priorities(late)).toMatchObject({
    'bob screen': screen,
    'bob video': speaker,
    'alice video': other,
  });
});
