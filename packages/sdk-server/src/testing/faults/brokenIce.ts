import type { MediaBackend, MediaRoom, MediaTransport } from '../../core/ports.js';

/** RFC 5737: an address at which nobody is. */
const NOWHERE = '192.0.2.1';

/** The same object, with `replacement` in place of some of its members. */
function withMembers<T extends object>(target: T, replacement: Partial<T>): T {
  return new Proxy(target, {
    get(_target, property) {
      if (Object.hasOwn(replacement, property)) return Reflect.get(replacement, property);
      const value: unknown = Reflect.get(target, property, target);
      // Private members are those of the object itself.
      return typeof value === 'function' ? value.bind(target) : value;
    },
  });
}

function unreachable(transport: MediaTransport): MediaTransport {
  const { info } = transport;
  const iceCandidates = info.iceCandidates.map((candidate) => ({
    ...candidate,
    ip: NOWHERE,
    address: NOWHERE,
  }));
  return withMembers(transport, { info: { ...info, iceCandidates } });
}

/** A backend whose transports, while `isBroken`, tell clients to connect to where nobody is. */
export function withBrokenIce(backend: MediaBackend, isBroken: () => boolean): MediaBackend {
  const inRoom = (room: MediaRoom): MediaRoom =>
    withMembers(room, {
      createTransport: async (options) => {
        const transport = await room.createTransport(options);
        return isBroken() ? unreachable(transport) : transport;
      },
    });
  return withMembers(backend, {
    createRoom: async (roomId) => inRoom(await backend.createRoom(roomId)),
  });
}
