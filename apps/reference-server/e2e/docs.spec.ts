import { expect, test } from '@playwright/test';
import { startServer, type TestServer } from '../../../tools/testing/startServer.js';

/** The page of the OpenAPI document works with the rules that this server sets for its pages. */

let server: TestServer;
test.beforeAll(async () => {
  server = await startServer();
});
test.afterAll(async () => {
  expect(await server.stop()).toBe(0);
});

test('/docs shows every protocol and tries a route, with nothing from elsewhere', async ({ page }) => {
  const complaints: string[] = [];
  const foreign: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') complaints.push(message.text());
  });
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(server.url) && !url.startsWith('data:')) foreign.push(url);
  });
  await page.goto(`${server.url}/docs`);
  for (const tag of ['protoo', 'calls', 'p2pRooms', 'rtcRest', 'sdpWs', 'whip', 'operations'])
    await expect(page.locator(`#operations-tag-${tag}`)).toBeVisible();
  const health = page.locator('#operations-protoo-getHealth');
  await health.click();
  await health.getByRole('button', { name: 'Execute' }).click();
  await expect(health.locator('.live-responses-table')).toContainText('"message": "ok"');
  expect(complaints).toEqual([]);
  expect(foreign).toEqual([]);
});
