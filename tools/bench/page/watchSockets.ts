import type { Seen } from './roundTrips.js';

interface Message {
  request?: true;
  response?: true;
  id?: number;
}

/** Records the requests and answers of every WebSocket that the page opens from here on. */
export function watchSockets(): { take: () => Seen[] } {
  let seen: Seen[] = [];
  const Original = WebSocket;
  window.WebSocket = class extends Original {
    constructor(url: string | URL, protocols: string | string[] = []) {
      super(url, protocols);
      // Before the listeners of whoever opened it: an answer is seen before what it makes them send.
      this.addEventListener('message', ({ data }) => {
        const { response, id } = JSON.parse(String(data)) as Message;
        if (response && id !== undefined) seen.push({ answered: id });
      });
    }

    override send(data: string): void {
      const { request, id } = JSON.parse(data) as Message;
      if (request && id !== undefined) seen.push({ sent: id });
      super.send(data);
    }
  };
  return {
    take: () => {
      const taken = seen;
      seen = [];
      return taken;
    },
  };
}
