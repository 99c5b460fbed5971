import { ChangeOver, type Frame } from '../../../packages/sdk-client/e2e/pages/changeover.js';
import type { SwapPage } from './types.js';

/** Long enough for all that a change can cause, and for its sound to come through the capture of the tab. */
const WINDOW_MS = 700;
/** Part of what was heard before, below which it is silent. */
const SILENT = 0.25;

let changeOver: ChangeOver;

const pause = (ms: number) =>
  new Promise<void>((resolve) => {
    setTimeout(resolve, ms);
  });

const longestGap = (frames: readonly Frame[]): number =>
  Math.max(...frames.slice(1).map(({ at }, index) => at - (frames[index]?.at ?? at)));

/** The longest run of blocks that are silent, in blocks. */
function longestSilence(levels: readonly number[], usual: number): number {
  let [longest, run] = [0, 0];
  for (const level of levels) {
    run = level < usual * SILENT ? run + 1 : 0;
    longest = Math.max(longest, run);
  }
  return longest;
}

const middle = (levels: readonly number[]): number =>
  [...levels].sort((a, b) => a - b)[Math.floor(levels.length / 2)] ?? 0;

const page: SwapPage = {
  async open() {
    changeOver = await ChangeOver.open();
    await changeOver.hearTab();
    while (changeOver.heard().length === 0) await pause(50);
    await pause(WINDOW_MS);
  },
  async observe(changing) {
    const { frames, painted, sound } = changeOver;
    if (!sound) throw new Error('open() comes first');
    const from = { frame: frames.length - 1, painted: painted.length, level: sound.levels.length };
    const usual = middle(sound.levels.slice(-Math.round(WINDOW_MS / 2 / sound.blockMs)));
    if (changing) changeOver.change();
    await pause(WINDOW_MS);
    return {
      longestGap: longestGap(frames.slice(from.frame)),
      longestSilence: longestSilence(sound.levels.slice(from.level), usual) * sound.blockMs,
      withoutPicture: painted.slice(from.painted).filter(({ look }) => look !== 'red' && look !== 'blue')
        .length,
    };
  },
};

Object.assign(window, { swap: page });
