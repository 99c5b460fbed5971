import { describe, expect, it } from 'vitest';
import { httpUrl, returnUrl, socketUrl } from './url.js';

const target = (url: string, more: Partial<Parameters<typeof socketUrl>[0]> = {}) => ({
  url,
  token: undefined,
  roomId: 'r',
  peerId: 'p',
  ...more,
});

describe('socketUrl', () => {
  it.each([
    ['wss://host', 'wss://host/?roomId=r&peerId=p'],
    ['https://host/ws', 'wss://host/ws?roomId=r&peerId=p'],
    ['http://127.0.0.1:3000/', 'ws://127.0.0.1:3000/?roomId=r&peerId=p'],
    ['wss://host/ws?roomId=old&peerId=old&region=eu#top', 'wss://host/ws?roomId=r&peerId=p&region=eu'],
    ['/ws', 'wss://app.example/ws?roomId=r&peerId=p'],
  ])('%s becomes %s', (url, expected) => {
    expect(socketUrl(target(url), 'https://app.example/call').url).toBe(expected);
  });

  it('escapes ids and carries the token', () => {
    const { url } = socketUrl(target('wss://host', { roomId: 'a b&c=d', peerId: 'é', token: 'x.y' }));
    expect(new URL(url).searchParams.get('roomId')).toBe('a b&c=d');
    expect(new URL(url).searchParams.get('peerId')).toBe('é');
    expect(new URL(url).searchParams.get('token')).toBe('x.y');
  });

  it('takes the room from the address', () => {
    expect(socketUrl(target('wss://host?roomId=lobby', { roomId: undefined })).roomId).toBe('lobby');
  });

  it.each(['nonsense', 'ftp://host', 'wss://', ''])('refuses %j', (url) => {
    expect(() => socketUrl(target(url))).toThrow(expect.objectContaining({ code: 'INVALID_URL' }));
  });

  it('refuses to guess a room', () => {
    const nowhere = target('wss://host', { roomId: undefined });
    expect(() => socketUrl(nowhere)).toThrow(expect.objectContaining({ code: 'INVALID_URL' }));
  });
});

it('shows who was in the room before', () => {
  expect(returnUrl('wss://host/ws?roomId=r', undefined)).toBe('wss://host/ws?roomId=r');
  const back = returnUrl('wss://host/ws?roomId=r', 'a.b.c');
  expect(back).toBe('wss://host/ws?roomId=r&resumeToken=a.b.c');
  expect(returnUrl(back, 'd.e.f')).toBe('wss://host/ws?roomId=r&resumeToken=d.e.f');
});

it('asks over HTTP where it would have opened the socket', () => {
  expect(httpUrl('wss://ws.example/ws?x=1')).toBe('https://ws.example/ws?x=1');
});
