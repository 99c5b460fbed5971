import { nanoid } from 'nanoid';
import { vi } from 'vitest';
import { createResumeTokens, resumeKey } from '../../../access/resumeTokens.js';
import type { Authorization } from '../../../access/types.js';
import { DEFAULT_LIMITS } from '../../../core/context.js';
import { Pacer } from '../../../core/Pacer.js';
import { DEFAULT_GRANTS } from '../../../core/permissions.js';
import { RoomRegistry } from '../../../core/RoomRegistry.js';
import { ManualClock } from '../../../ice/testing/ManualClock.js';
import { silentLogger } from '../../../logger.js';
import { FakeBackend } from '../../../media/fake/FakeBackend.js';
import type { FramedSocket } from '../../dialect.js';
import { ProtooSocket } from '../ProtooSocket.js';
import { Returns } from '../Returns.js';
import { Sessions } from '../Sessions.js';

export type Frame = Record<string, unknown>;

/** A socket without a network: what the client would send goes in, what it would get is kept. */
export class MemorySocket implements FramedSocket {
  readonly frames: Frame[] = [];
  closed: [number, string] | undefined;
  isBehind = false;
  catchUp: () => void = () => undefined;
  receive: (text: string) => void = () => undefined;
  refuse: Parameters<FramedSocket['onRefused']>[0] = () => undefined;
  #closed: (code: number) => void = () => undefined;
  send(text: string): void {
    this.frames.push(JSON.parse(text) as Frame);
  }
  sendSoon(text: string): void {
    this.send(text);
  }
  close(code: number, reason: string): void {
    this.closed = [code, reason];
  }
  onCaughtUp(listener: () => void): void {
    this.catchUp = () => {
      this.isBehind = false;
      listener();
    };
  }
  onMessage(listener: (text: string) => void): void {
    this.receive = listener;
  }
  onRefused(listener: Parameters<FramedSocket['onRefused']>[0]): void {
    this.refuse = listener;
  }
  onClose(listener: (code: number) => void): void {
    this.#closed = listener;
  }
  /** RFC 6455 §7.1.5: without a closing handshake. */
  lose(code = 1006): void {
    this.#closed(code);
  }
}

/** The native protocol on rooms in memory. Two with one key are a server before and after its restart. */
export function server({ key = resumeKey({ access: {} }), clock = new ManualClock() } = {}) {
  const backend = new FakeBackend();
  const rooms = new RoomRegistry({
    backend,
    hooks: {},
    limits: DEFAULT_LIMITS,
    logger: silentLogger,
    pacer: new Pacer(),
    newSecret: () => nanoid(32),
    iceServers: () => [{ urls: 'stun:stun.example.com' }],
  });
  const graceMs = 30_000;
  const sessions = new Sessions(clock, graceMs);
  const returns = new Returns(createResumeTokens({ key, graceMs, now: clock.now }), clock.now);
  const connect = (peerId: string, roomId = 'room', claims: Partial<Authorization> = {}) => {
    const socket = new MemorySocket();
    const authorization = { userId: undefined, name: undefined, grants: DEFAULT_GRANTS, ...claims };
    new ProtooSocket('protoo', {
      roomId,
      peerId,
      authorization,
      rooms,
      sessions,
      returns,
      logger: silentLogger,
    }).open(socket);
    let lastId = 0;
    const request = async (method: string, data: unknown = {}): Promise<Frame> => {
      const id = (lastId += 1);
      socket.receive(JSON.stringify({ request: true, id, method, data }));
      return vi.waitFor(() => {
        const answer = socket.frames.find((frame) => frame['response'] === true && frame['id'] === id);
        if (!answer) throw new Error(`no answer to ${method}`);
        return answer;
      });
    };
    const notifications = () => socket.frames.filter((frame) => frame['notification'] === true);
    const join = (data: object = {}) => request('joinRoom', { roomId, peerId, ...data });
    return { socket, request, join, notifications };
  };
  return { backend, rooms, connect, clock };
}
