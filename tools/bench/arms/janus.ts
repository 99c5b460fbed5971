import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { networkInterfaces, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { freePort } from '../../testing/freePort.js';
import { cpuMsOf } from '../harness/cpu.js';
import { serveArm } from '../harness/serveArm.js';
import { JANUS_SUBPROTOCOL } from '../janus/JanusSession.js';
import type { Cost } from './meter.js';

export interface JanusMethods {
  /** `address`: what its media can be reached at: Janus leaves loopback out. */
  open(data: { eventLoops?: number }): Promise<{ url: string; address: string }>;
  start(data: object): void;
  stop(): Cost;
}

const ROOM = 1;
const OTHER_PLUGINS = [
  'audiobridge',
  'duktape',
  'echotest',
  'lua',
  'nosip',
  'recordplay',
  'sip',
  'streaming',
  'textroom',
  'videocall',
  'voicemail',
];
const OTHER_TRANSPORTS = ['http', 'mqtt', 'nanomsg', 'pfunix', 'rabbitmq'];
const START_WITHIN_MS = 10_000;

const folder = mkdtempSync(join(tmpdir(), 'parlor-bench-janus-'));
let janus: ChildProcess | undefined;
let before = { cpuMs: 0, wall: 0 };

/** The machine's own address. */
function hostAddress(): { name: string; address: string } {
  for (const [name, addresses = []] of Object.entries(networkInterfaces())) {
    const found = addresses.find(({ family, internal }) => family === 'IPv4' && !internal);
    if (found) return { name, address: found.address };
  }
  throw new Error('Janus needs a network interface other than loopback');
}

const libraries = (names: readonly string[]): string => names.map((name) => `libjanus_${name}.so`).join(',');

/** Nothing but one VideoRoom, without limits, over WebSockets. Otherwise as Debian configures it. */
function configure(port: number, network: string, eventLoops: number): void {
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
  };
  write(
    'janus.jcfg',
    `general: { configs_folder = "${folder}"; debug_level = 2; session_timeout = 0;${
      eventLoops > 0 ? ` event_loops = ${String(eventLoops)};` : ''
    } }
nat: { ice_enforce_list = "${network}" }
plugins: { disable = "${libraries(OTHER_PLUGINS)}" }
transports: { disable = "${libraries(OTHER_TRANSPORTS)}" }
events: { broadcast = false }
`,
  );
  write(
    'janus.transport.websockets.jcfg',
    `general: { json = "compact"; ws = true; ws_port = ${String(port)}; ws_ip = "127.0.0.1" }\nadmin: { admin_ws = false }\n`,
  );
  write(
    'janus.plugin.videoroom.jcfg',
    `room-${String(ROOM)}: { description = "bench"; publishers = 10; bitrate = 0; videocodec = "vp8"; audiocodec = "opus" }\n`,
  );
}

async function answers(url: string): Promise<void> {
  const until = performance.now() + START_WITHIN_MS;
  for (;;) {
    const socket = new WebSocket(url, JANUS_SUBPROTOCOL);
    try {
      await once(socket, 'open');
      socket.close();
      return;
    } catch (error) {
      if (performance.now() > until || janus?.exitCode !== null) {
        throw new Error(`Janus does not start:\n${readFileSync(join(folder, 'log'), 'utf8').slice(-2000)}`, {
          cause: error,
        });
      }
      await delay(50);
    }
  }
}

const cpuMs = (): number => (janus?.pid === undefined ? NaN : cpuMsOf(janus.pid));

serveArm<JanusMethods>(
  {
    async open({ eventLoops = 0 }) {
      const { name, address } = hostAddress();
      const port = await freePort();
      configure(port, name, eventLoops);
      const log = join(folder, 'log');
      writeFileSync(log, '');
      janus = spawn(process.env['PARLOR_JANUS'] ?? 'janus', ['-F', folder, '-L', log, '-N'], {
        stdio: 'ignore',
      });
      const url = `ws://127.0.0.1:${String(port)}/`;
      await answers(url);
      return { url, address };
    },
    start() {
      before = { cpuMs: cpuMs(), wall: performance.now() };
    },
    stop: () => ({
      nodeMs: 0,
      workerMs: cpuMs() - before.cpuMs,
      wallMs: performance.now() - before.wall,
    }),
  },
  async () => {
    if (janus && janus.exitCode === null) {
      const ended = once(janus, 'exit');
      // Asked to end, it may wait for its own threads for ever.
      janus.kill('SIGKILL');
      await ended;
    }
    rmSync(folder, { recursive: true, force: true });
  },
);
