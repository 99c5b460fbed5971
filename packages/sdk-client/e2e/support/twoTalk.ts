import type { Page } from '@playwright/test';
import { expectDecodes, expectHears } from './expectMedia.js';
import { expect } from './fixtures.js';

/**
 * Alice and bob send a tone each and their camera, or a colour, which takes less of the machine, and hold on to all
 * objects. Nothing is known of what was told before.
 */
export async function startTalk(
  alice: Page,
  bob: Page,
  { isColour = false }: { isColour?: boolean } = {},
): Promise<void> {
  for (const [page, hz] of [
    [alice, 500],
    [bob, 900],
  ] as const)
    await page.evaluate(
      (given) =>
        Promise.all([
          window.call.publishTone(given.hz),
          given.isColour
            ? window.call.publishColour([220, 30, 30])
            : window.call.room.localParticipant.setCameraEnabled(true),
        ]),
      { hz, isColour },
    );
  await expectTalk(alice, bob);
  for (const page of [alice, bob])
    await page.evaluate(() => {
      window.call.keep();
      window.call.events.length = 0;
    });
}

/** They see and hear each other. */
export async function expectTalk(alice: Page, bob: Page): Promise<void> {
  await Promise.all([
    expectHears(alice, { from: 'bob', hz: 900 }),
    expectDecodes(alice, { from: 'bob' }),
    expectHears(bob, { from: 'alice', hz: 500 }),
    expectDecodes(bob, { from: 'alice' }),
  ]);
}

export const connectionStates = (page: Page) =>
  page.evaluate(() => window.call.told('connectionStateChanged'));

export const ownProducerIds = (page: Page) =>
  page.evaluate(() =>
    [...window.call.room.localParticipant.trackPublications.values()].map(({ producerId }) => producerId),
  );

/** For the app nothing has happened but to the connection. */
export async function expectNobodyMoved(pages: readonly Page[]): Promise<void> {
  for (const page of pages) {
    expect(await page.evaluate(() => window.call.kept)).toEqual({ remote: true, local: true });
    expect(await page.evaluate(() => window.call.taken.getUserMedia)).toBe(1);
    const told = await page.evaluate(() => window.call.events.map(({ event }) => event));
    for (const event of [
      'participantDisconnected',
      'participantConnected',
      'trackUnpublished',
      'trackPublished',
      'trackUnsubscribed',
      'trackSubscribed',
      'trackSubscriptionFailed',
      'localTrackUnpublished',
      'disconnected',
    ])
      expect(told).not.toContain(event);
  }
}
