import { setTimeout as delay } from 'node:timers/promises';
import {
  atRest,
  audios,
  comparedWithRest,
  distribution,
  gapsAround,
  repaired,
  repeated,
  switched,
  videos,
  withCall,
} from './disturbedCall.js';
import type { Bench } from './harness/Bench.js';
import type { Gaps, RecoveryPage } from './page/types.js';

/** Of the page: functions given to `evaluate` run there. */
declare const disturbed: RecoveryPage;

/** Each way. */
const SWITCHES = 20;
const CUTS = 8;
const RESTARTS = 5;
const KILLS = 4;
/** Workers that die sooner are started again with a delay. */
const HEALTHY_MS = 10_500;

export const LONGEST = 'longest time without a new frame (15 fps), of a call of two';

/** What goes on without anybody noticing. */
export const recoverySwitch: Bench = {
  name: 'recovery-switch',
  about: `${LONGEST}, and without sound, while its path changes`,
  run: () =>
    withCall(async (call) => {
      const rest = await atRest(call);
      const [toServer, toPeers]: [Gaps[], Gaps[]] = [[], []];
      await switched(call, 'p2p');
      for (let turn = 0; turn < SWITCHES; turn += 1) {
        toServer.push(...(await switched(call, 'sfu')));
        toPeers.push(...(await switched(call, 'p2p')));
      }
      const compared = comparedWithRest(rest);
      return {
        measurements: [
          compared('longest gap of video from P2P to the server', toServer),
          compared('longest gap of video from the server to P2P', toPeers),
        ],
        details: [
          ...distribution('video at rest', videos(rest)),
          ...distribution('video, P2P to server', videos(toServer)),
          ...distribution('video, server to P2P', videos(toPeers)),
          ...distribution('silence at rest', audios(rest)),
          ...distribution('silence, P2P to server', audios(toServer)),
          ...distribution('silence, server to P2P', audios(toPeers)),
        ],
      };
    }),
};

/** A lost socket is not to be noticed either; a server that starts anew is told by how long it takes. */
export const recoveryRestart: Bench = {
  name: 'recovery-restart',
  about: `${LONGEST}, when a socket is lost or the server is another`,
  run: () =>
    withCall(async (call) => {
      await switched(call, 'sfu');
      const rest = await atRest(call);
      const resumes: number[] = [];
      const cut = () => call.pages[1].evaluate(() => disturbed.cutSocket());
      const resumed = await repeated(CUTS, () => gapsAround(call, async () => resumes.push(await cut())));
      const again = (start: () => Promise<void>) =>
        repeated(RESTARTS, () => gapsAround(call, () => repaired(call, 'rejoin', start)));
      const restarts = await again(() => call.server.restart());
      const crashes = await again(() => call.server.crash());
      const compared = comparedWithRest(rest);
      return {
        measurements: [compared('longest gap of video while a socket is lost and taken up', resumed)],
        details: [
          ...distribution('video at rest', videos(rest)),
          ...distribution('signalling back after a lost socket', resumes),
          ...distribution('video after the server was restarted', videos(restarts)),
          ...distribution('video after the server crashed', videos(crashes)),
        ],
      };
    }),
};

export const recoveryWorker: Bench = {
  name: 'recovery-worker',
  about: `${LONGEST}, when its media worker is killed`,
  run: () =>
    withCall(async (call) => {
      await switched(call, 'sfu');
      const killed = await repeated(KILLS, async () => {
        await delay(HEALTHY_MS);
        return gapsAround(call, () =>
          repaired(call, 'newPath', () => {
            call.server.faults.killWorker();
          }),
        );
      });
      return {
        measurements: [],
        details: distribution('video after a media worker was killed', videos(killed)),
      };
    }),
};
