import { expect } from '../../../../tools/testing/expect.js';
import { startScript } from './scripts.js';

export interface AiortcOptions {
  url: string;
  chat: number;
  sessionId: string;
  /** Whether it offers its tracks, waits for the server's offer, or only offers to receive. */
  role: 'publish' | 'wait' | 'watch';
  /** MIME types, the only ones to send. */
  codecs?: readonly string[];
}

/** What has come from one participant so far. */
interface Received {
  frames: number;
  width: number;
  /** Pieces of sound that were not silent. */
  loud: number;
}

interface Line {
  type: string;
  streams?: Record<string, Received>;
  [key: string]: unknown;
}

export interface AiortcClient {
  /** All that the server has said, without descriptions, and what the client says of itself. */
  messages(type: string): Line[];
  /** Sound and new frames come from each of `ids`. */
  expectMedia(ids: readonly string[]): Promise<void>;
  received(): Record<string, Received>;
  /** Leaves; resolves with the exit code. */
  stop(): Promise<number | null>;
}

const typeOf = (line: string) => (JSON.parse(line) as Line).type;

/** aiortc in a call over plain SDP, joined: ICE, DTLS, RTP and codecs that come from no browser. */
export async function startAiortc(options: AiortcOptions): Promise<AiortcClient> {
  const { url, chat, sessionId, role, codecs = [] } = options;
  const python = process.env['PARLOR_AIORTC'] ?? '/usr/bin/python3';
  const args = [url, String(chat), sessionId, role, ...(codecs.length > 0 ? [codecs.join(',')] : [])];
  const script = startScript(python, 'aiortcCall.py', args);
  const messages = (type: string) =>
    script.lines.map((line) => JSON.parse(line) as Line).filter((line) => line.type === type);
  await script.said((line) => typeOf(line) === 'joined');
  const received = () => messages('received').at(-1)?.streams ?? {};
  return {
    messages,
    received,
    async expectMedia(ids) {
      await script.said((line) => typeOf(line) === 'received');
      const before = received();
      for (const id of ids) {
        for (const [what, by] of [
          ['frames', 10],
          ['loud', 10],
        ] as const) {
          const amount = () => received()[id]?.[what] ?? 0;
          await expect
            .poll(amount, { message: `${what} of ${id}` })
            .toBeGreaterThan((before[id]?.[what] ?? 0) + by);
        }
      }
    },
    stop: () => script.stop(),
  };
}
