import { launchChromium } from './support/chromium.js';
import { expect, test } from './support/fixtures.js';

test('blocked sound is told, and starts with a click', async ({ join, host, server, roomId }) => {
  const alice = await join('alice');
  await alice.evaluate(() => window.call.publishTone(500));

  const browser = await launchChromium(['--autoplay-policy=document-user-activation-required']);
  const page = await (await browser.newContext()).newPage();
  const said: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'log') said.push(message.text());
  });
  const query = new URLSearchParams({ server: server.url, room: roomId });
  await page.goto(`${host.url('autoplay')}?${query.toString()}`);
  await expect.poll(() => said).toEqual(['can play false']);

  await page.mouse.click(100, 100);
  await expect
    .poll(() => [...said].sort())
    .toEqual(['can play false', 'can play true', 'playing microphone', 'started true']);
  await browser.close();
});
