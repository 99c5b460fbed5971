import { expect, test } from '@playwright/test';
import { execFileSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { fileURLToPath } from 'node:url';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';
import { button, closePages, join, joinDemo, openDemo } from './support/demo.js';

const SECRET = 'a secret of the browser tests, long enough';
const MAIN = fileURLToPath(new URL('../../reference-server/dist/main.js', import.meta.url));

let server: TestServer;
test.beforeAll(async () => {
  server = await startServer([], { PARLOR_JWT_SECRET: SECRET });
});
test.afterAll(() => server.stop());

/** As an operator makes one. */
const token = (...args: string[]): string =>
  execFileSync(process.execPath, [MAIN, 'token', '--user', 'ann', ...args], {
    env: { ...process.env, PARLOR_JWT_SECRET: SECRET },
    encoding: 'utf8',
  }).trim();

/** HS256 (RFC 7515), for claims that the command would not make. */
const signed = (claims: object, secret = SECRET): string => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${part({ alg: 'HS256', typ: 'JWT' })}.${part(claims)}`;
  return `${body}.${createHmac('sha256', secret).update(body).digest('base64url')}`;
};

const inAnHour = () => Math.floor(Date.now() / 1000) + 3600;

test('without a token the page asks for one, and a good one lets in', async ({ browser }) => {
  const page = await openDemo(browser, { url: server.url, room: 'standup', name: 'Ann' });
  await expect(page.getByLabel('Access token')).toHaveCount(0);
  await button(page, 'Join now').click();
  await expect(page.getByRole('alert')).toContainText('This server asks for an access token.');
  await page.getByLabel('Access token').fill(token('--room', 'standup'));
  await button(page, 'Join now').click();
  await expect(button(page, 'Leave call')).toBeVisible();
  await closePages(page);
});

test('a good token in the address lets in, does not stay there, and outlives a reload', async ({
  browser,
}) => {
  const page = await joinDemo(browser, { url: server.url, room: 'standup', name: 'Ann', token: token() });
  expect(page.url()).toBe(`${server.url}/demo/?room=standup`);
  await page.reload();
  await join(page);
  await closePages(page);
});

const refused = [
  {
    what: 'forged',
    make: () => signed({ sub: 'ann', exp: inAnHour() }, 'some other secret, also long enough'),
    says: 'not valid',
  },
  { what: 'expired', make: () => signed({ sub: 'ann', exp: inAnHour() - 7200 }), says: 'has expired' },
  { what: 'meant for another room', make: () => token('--room', 'lunch'), says: 'not for this room' },
  { what: 'not a token at all', make: () => 'hello', says: 'not valid' },
];
for (const { what, make, says } of refused) {
  test(`a token that is ${what} is refused in words`, async ({ browser }) => {
    const page = await openDemo(browser, { url: server.url, room: 'standup', name: 'Ann', token: make() });
    await page.getByRole('button', { name: /^Join/ }).click();
    await expect(page.getByRole('alert')).toContainText(says);
    await expect(button(page, 'Leave call')).toHaveCount(0);
    await closePages(page);
  });
}
