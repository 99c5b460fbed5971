import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { p2pServer, type P2pServer } from './p2pServer.js';

describe('texts', () => {
  let server: P2pServer;
  beforeAll(async () => {
    server = await p2pServer();
  });
  afterAll(() => server.close());

  const translations = [
    {
      language: 'zh-CN',
      notFound: '房间不存在',
      reason: '创建者关闭了房间',
      invalid: '消息格式无效',
      guest: '访客',
    },
    {
      language: 'ja',
      notFound: 'ルームが見つかりません',
      reason: '作成者がルームを閉じました',
      invalid: 'メッセージの形式が正しくありません',
      guest: 'ゲスト',
    },
    {
      language: 'ru',
      notFound: 'Комната не найдена',
      reason: 'Создатель закрыл комнату',
      invalid: 'Неверный формат сообщения',
      guest: 'Гость',
    },
    {
      language: 'fr',
      notFound: 'Salon introuvable',
      reason: 'Le créateur a fermé le salon',
      invalid: 'Format de message invalide',
      guest: 'Invité',
    },
    {
      language: 'en',
      notFound: 'There is no such room',
      reason: 'The creator has closed the room',
      invalid: 'The format of the message is not valid',
      guest: 'Guest',
    },
  ];
  test.each(translations)('in $language', async ({ language, notFound, reason, invalid, guest }) => {
    // Each from an address and for a room of its own: too many wrong guesses are slowed.
    const headers = {
      'accept-language': language,
      'x-forwarded-for': `192.0.2.${String(language.charCodeAt(0))}`,
    };
    const missing = await server.join(`XXXX${language.slice(0, 2)}`, '123456', { headers });
    expect(missing.body).toMatchObject({ code: 'ROOM_NOT_FOUND', message: notFound });
    expect(missing.headers.get('content-language')).toBe(language.slice(0, 2));
    expect(await server.dial('XXXXXX', await server.user(), headers).refusal()).toMatchObject({
      error: 'ROOM_NOT_FOUND',
      message: notFound,
    });

    const room = await server.createRoom();
    const watcher = await server.enter(room, 'Watcher');
    await watcher.take();
    const { body } = await server.join(room.roomId, room.password, { headers });
    const client = await server.dial(room.roomId, String(body.data?.['ws_token']), headers).opened();
    await client.take();
    expect(await watcher.take()).toMatchObject({ type: 'peer_joined', participant: { name: guest } });
    client.send('?');
    expect(await client.take()).toMatchObject({ code: 'invalid_message', message: invalid });
    await server.ask('DELETE', `/api/webrtc/rooms/${room.roomId}`, { token: room.token });
    expect(await client.take()).toEqual({ type: 'room_closed', reason, code: 'ROOM_CLOSED' });
    // Each in their own language.
    expect(await watcher.take()).toMatchObject({ reason: '创建者关闭了房间' });
  });

  test('what the host application says stays its own', async () => {
    const host = await p2pServer({
      access: {
        authorize() {
          throw new Error('members only');
        },
      },
    });
    expect(await host.ask('POST', '/api/webrtc/rooms', { body: {}, token: 'x' })).toMatchObject({
      status: 403,
      body: { code: 'FORBIDDEN', message: 'members only' },
    });
    await host.close();
  });
});
