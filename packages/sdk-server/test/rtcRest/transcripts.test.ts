import { readRtcTranscripts, type RtcStep } from '@parlor/protocol/fixtures/rtcRest.js';
import { differences, fillIn } from '@parlor/protocol/fixtures/transcript.js';
import { describe, expect, test } from 'vitest';
import type { TokenClaims } from '../../src/access/tokens.js';
import type { EventReader } from './EventReader.js';
import { rtcServer, type RtcServer, type RtcUser } from './rtcServer.js';

const USERS: Record<string, TokenClaims> = {
  alice: { name: 'Alice' },
  bob: { name: 'Bob' },
  carol: { name: 'Carol', can: { moderate: true } },
};

/** Plays the clients of a transcript; returns how the server differs, step by step. */
function player(server: RtcServer) {
  const values: Record<string, unknown> = {};
  const streams = new Map<string, EventReader>();
  const filled = (text: string) => text.replace(/<[\w.]+>/g, (name) => String(values[name]));
  const userOf = (name: string): Promise<RtcUser> => server.user(name, USERS[name]);
  const streamOf = (name: string): EventReader => {
    const stream = streams.get(name);
    if (!stream) throw new Error(`${name} does not listen`);
    return stream;
  };

  const play = async (step: RtcStep): Promise<string[]> => {
    if ('asks' in step) {
      const { method, path, as, body, language = 'en', key } = step.asks;
      const { status, body: actual } = await (
        await userOf(as)
      ).ask(method, filled(path), {
        headers: { 'accept-language': language, ...(key !== undefined && { 'idempotency-key': key }) },
        ...(body !== undefined && { body: fillIn(body, values) }),
      });
      return differences({ recorded: step.answers, actual: { status, body: actual } }, values);
    }
    if ('listens' in step) {
      const { lastEventId } = step.listens;
      const headers = { ...(lastEventId !== undefined && { 'last-event-id': filled(lastEventId) }) };
      streams.set(step.client, await (await userOf(step.client)).listen(headers));
    } else if ('hears' in step) {
      return differences({ recorded: step.hears, actual: await streamOf(step.client).next() }, values);
    } else if ('stopsListening' in step) {
      await streamOf(step.client).cancel();
    } else if ('streamEnds' in step) {
      await streamOf(step.client).end();
    } else if ('secondsPass' in step) {
      await server.clock.pass(step.secondsPass * 1000);
    } else {
      const room = server.rooms.get(step.room);
      if (!room) return [`there is no room ${step.room}`];
      if (step.host === 'sendsMessage') room.sendMessage(step.topic, step.payload);
      else if (step.host === 'removesPeer') room.peers.get(filled(step.peer))?.remove();
      else room.close();
    }
    return [];
  };
  return { play };
}

describe('golden transcripts of rtcRest', () => {
  const transcripts = readRtcTranscripts('v1');

  test('are there', () => {
    expect(transcripts.map(({ name }) => name)).toEqual([
      'call',
      'idempotency',
      'missed-events',
      'one-room',
      'refusals',
      'source-document-connect',
      'usage',
    ]);
  });

  for (const { name, steps } of transcripts) {
    test(`v1 ${name}`, async () => {
      const server = rtcServer();
      const { play } = player(server);
      for (const [index, step] of steps.entries())
        expect(await play(step), `step ${String(index)}: ${JSON.stringify(step)}`).toEqual([]);
      await server.close();
      expect(server.errors).toEqual([]);
    });
  }
});
