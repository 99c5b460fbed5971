import wrtc from '@roamhq/wrtc';
import { createToken } from '@parlor/sdk-server';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { Exposition } from '../../../packages/sdk-server/test/support/exposition.js';
import type { RunningServer } from '../src/server.js';
import { SdpCall, TestMedia } from './support/SdpCall.js';
import { startLocalServer } from './support/startLocalServer.js';

/** The metrics of a call in which real sound and pictures go from one client to another. */

const PARLOR_JWT_SECRET = 'a secret that is long enough for HS256';
/** Bytes are read every five seconds, round trips come with RTCP. */
const PATIENTLY = { timeout: 25_000, interval: 100 };
const PARLOR_METRICS_TOKEN = 'nobody-guesses-this';

let server: RunningServer;
beforeAll(async () => {
  server = await startLocalServer({
    PARLOR_JWT_SECRET,
    PARLOR_METRICS_TOKEN,
    PARLOR_METRICS_PER_TRACK: 'true',
  });
});
afterAll(() => server.close());

const ask = (token: string) =>
  fetch(`${server.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });

async function read(): Promise<Exposition> {
  const response = await ask(PARLOR_METRICS_TOKEN);
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
  return new Exposition(await response.text());
}

/** A client of calls over plain SDP that sends this, or receives. */
async function enter(sessionId: string, media: TestMedia | undefined): Promise<() => void> {
  const token = await createToken({ sub: sessionId }, PARLOR_JWT_SECRET);
  const url = `${server.url.replace('http', 'ws')}/api/v1/chat/1/call?token=${token}`;
  const call = await SdpCall.join(url, { roomId: 1, sessionId });
  const pc = new wrtc.RTCPeerConnection();
  pc.onicecandidate = ({ candidate }: { candidate: object | null }) => {
    if (candidate) call.send({ type: 'ice', payload: candidate });
  };
  if (media) for (const track of media.stream.getTracks()) pc.addTrack(track, media.stream);
  else for (const kind of ['audio', 'video']) pc.addTransceiver(kind, { direction: 'recvonly' });
  call.follow(async ({ type, payload }) => {
    if (type !== 'offer' && type !== 'answer') return;
    await pc.setRemoteDescription({ type, sdp: payload?.sdp ?? '' });
    if (type === 'answer') return;
    const answer = await pc.createAnswer();
    await pc.setLocalDescription(answer);
    call.send({ type: 'answer', payload: answer });
  });
  const offer = await pc.createOffer();
  await pc.setLocalDescription(offer);
  call.send({ type: 'offer', payload: offer });
  return () => {
    pc.close();
    call.close();
  };
}

test('tell bitrate, score, loss, jitter and round trip of each track', { timeout: 60_000 }, async () => {
  const media = new TestMedia();
  const leave = [await enter('alice', media)];
  await vi.waitFor(async () => {
    const now = await read();
    for (const kind of ['audio', 'video'])
      expect(now.value('parlor_producers', { kind, state: 'flowing' }), kind).toBe(1);
  }, PATIENTLY);
  leave.push(await enter('bob', undefined));
  const tracks = (['producer', 'consumer'] as const).flatMap((of) =>
    ['audio', 'video'].map((kind) => ({ of, kind, room: 'chat:1' })),
  );

  const figures = await vi.waitFor(async () => {
    const now = await read();
    for (const track of tracks) {
      expect(now.value('parlor_track_bitrate_bits_per_second', track), JSON.stringify(track)).toBeGreaterThan(
        8000,
      );
      // What the receiver reports comes with its RTCP.
      if (track.of === 'consumer')
        expect(now.value('parlor_track_round_trip_seconds', track), JSON.stringify(track)).toBeGreaterThan(0);
    }
    expect(now.value('parlor_received_bytes_total', { transport: 'both' })).toBeGreaterThan(10_000);
    expect(now.value('parlor_sent_bytes_total', { transport: 'both' })).toBeGreaterThan(10_000);
    return now;
  }, PATIENTLY);
  for (const track of tracks) {
    const what = JSON.stringify(track);
    expect(figures.value('parlor_track_score', track), what).toBeGreaterThanOrEqual(1);
    expect(figures.value('parlor_track_score', track), what).toBeLessThanOrEqual(10);
    expect(figures.value('parlor_track_loss_ratio', track), what).toBeLessThanOrEqual(1);
    // Seconds: in ticks of the codec's clock it would be hundreds.
    expect(figures.value('parlor_track_jitter_seconds', track), what).toBeLessThan(1);
    const { of, kind } = track;
    expect(figures.value('parlor_quality_tracks', { of, kind }), what).toBe(1);
    expect(figures.value('parlor_quality_score_count', { of, kind }), what).toBeGreaterThanOrEqual(1);
  }
  expect(figures.value('parlor_peers', { dialect: 'sdpWs' })).toBe(2);
  expect(figures.value('parlor_transports', { state: 'connected' })).toBe(2);
  expect(figures.value('parlor_workers')).toBe(1);

  for (const end of leave) end();
  media.stop();
  const after = await vi.waitFor(async () => {
    const now = await read();
    expect(now.value('parlor_peers', { dialect: 'sdpWs' })).toBe(0);
    return now;
  });
  expect(after.all('parlor_track_score')).toEqual([]);
  expect(after.value('parlor_joins_total', { dialect: 'sdpWs' })).toBe(2);
  const left = after.all('parlor_leaves_total').reduce((sum, { value }) => sum + value, 0);
  expect(left).toBe(2);
});

test('are not for tokens of users', async () => {
  const response = await ask(await createToken({ sub: 'alice' }, PARLOR_JWT_SECRET));
  expect(response.status).toBe(401);
  expect(await response.json()).toMatchObject({ error: 'TOKEN_INVALID' });
});
