import type { Page } from '@playwright/test';
import { SignJWT } from 'jose';
import { createToken } from '../../sdk-server/src/access/tokens.js';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import type { Rgb } from './pages/colours.js';
import { launchChromium } from './support/chromium.js';
import { expectDecodes } from './support/expectMedia.js';
import { expect, test } from './support/fixtures.js';
import { TcpProxy } from './support/TcpProxy.js';

const SECRET = 'a secret of thirty-two characters and more';
const GREEN: Rgb = [30, 180, 40];

/** Signed as the server wants it, an hour too old. */
const expiredToken = (): Promise<string> =>
  new SignJWT({ sub: 'alice' })
    .setProtectedHeader({ alg: 'HS256' })
    .setExpirationTime(Math.floor(Date.now() / 1000) - 3600)
    .sign(new TextEncoder().encode(SECRET));

const connectCode = (page: Page, joining: { url: string; room: string; token?: string }) =>
  page.evaluate((given) => window.call.connectCode(given), joining);

test.describe('a server with a secret', () => {
  let guarded: TestServer;
  test.beforeAll(async () => {
    guarded = await startServer([], { PARLOR_JWT_SECRET: SECRET });
  });
  test.afterAll(async () => {
    expect(await guarded.stop()).toBe(0);
  });

  test('lets in who has a token for the room, and tells others why not', async ({ open }) => {
    const page = await open('alice');
    const join = async (token?: string) =>
      await connectCode(page, {
        url: guarded.url,
        room: 'standup',
        ...(token === undefined ? {} : { token }),
      });

    expect(await join()).toBe('UNAUTHORIZED');
    expect(await join('not.a.token')).toBe('TOKEN_INVALID');
    expect(await join(await createToken({ sub: 'alice' }, 'another secret, just as long as that one'))).toBe(
      'TOKEN_INVALID',
    );
    expect(await join(await expiredToken())).toBe('TOKEN_EXPIRED');
    expect(await join(await createToken({ sub: 'alice', rooms: ['lunch'] }, SECRET))).toBe(
      'ROOM_NOT_ALLOWED',
    );
    expect(await page.evaluate(() => window.call.room.state)).toBe('disconnected');
    expect(await page.evaluate(() => window.call.taken.peerConnections - window.call.taken.closed)).toBe(0);

    expect(await join(await createToken({ sub: 'alice', rooms: ['stand*'] }, SECRET))).toBeUndefined();
    expect(await page.evaluate(() => window.call.room.state)).toBe('connected');
  });

  test('refuses what the token does not allow, and the room goes on', async ({ open }) => {
    const page = await open('alice');
    const token = await createToken({ sub: 'alice', can: { publish: ['audio'] } }, SECRET);
    expect(await connectCode(page, { url: guarded.url, room: 'listen', token })).toBeUndefined();
    const code = await page.evaluate(() => window.call.codeOf(() => window.call.publishColour([0, 0, 0])));
    expect(code).toBe('FORBIDDEN');
    await page.evaluate(() => window.call.publishTone(500));
    expect(await page.evaluate(() => window.call.told('localTrackPublished'))).toEqual(['microphone alice']);
  });
});

test('a server that does not answer has a code, and a URL that is none', async ({ open, server, roomId }) => {
  const page = await open('alice');
  const proxy = await TcpProxy.to(server.url);
  const { url } = proxy;
  proxy.close();
  expect(await connectCode(page, { url, room: roomId })).toBe('SERVER_UNREACHABLE');
  expect(await connectCode(page, { url: 'ftp://127.0.0.1', room: roomId })).toBe('INVALID_URL');
  // The same room object joins once there is something to join.
  expect(await connectCode(page, { url: server.url, room: roomId })).toBeUndefined();
});

const FAKE_UI = '--use-fake-ui-for-media-stream';
const FAKE_DEVICES = '--use-fake-device-for-media-stream';
const FAILURES = [
  {
    what: 'no permission',
    flags: [`${FAKE_UI}=deny`, FAKE_DEVICES],
    source: 'camera',
    code: 'PERMISSION_DENIED',
  },
  {
    what: 'no device',
    flags: [FAKE_UI, `${FAKE_DEVICES}=device-count=0`],
    source: 'camera',
    code: 'DEVICE_NOT_FOUND',
  },
  // A screen that cannot be read is the one that Chromium gives to every machine without a display.
  { what: 'a source that does not start', flags: [FAKE_UI], source: 'screen', code: 'DEVICE_IN_USE' },
] as const;

for (const { what, flags, source, code } of FAILURES) {
  test(`${what}: a coded error, and one watches without`, async ({ join }) => {
    const bob = await join('bob');
    await bob.evaluate((rgb) => window.call.publishColour(rgb), GREEN);
    const browser = await launchChromium(flags);
    const alice = await join('alice', { browser });
    const thrown = await alice.evaluate(
      (wanted) =>
        window.call.codeOf(({ localParticipant }) =>
          wanted === 'camera'
            ? localParticipant.setCameraEnabled(true)
            : localParticipant.setScreenShareEnabled(true),
        ),
      source,
    );
    expect(thrown).toBe(code);
    const known = await alice.evaluate(() => ({
      told: window.call.told('mediaDevicesError'),
      camera: window.call.room.localParticipant.lastCameraError?.code,
      published: window.call.room.localParticipant.trackPublications.size,
    }));
    expect(known).toEqual({
      told: [`${code} ${source}`],
      camera: source === 'camera' ? code : undefined,
      published: 0,
    });
    await expectDecodes(alice, { from: 'bob' });
    await browser.close();
  });
}
