import { existsSync } from 'node:fs';
import { quiet, tail } from './children.mjs';

/** There when systemd runs the machine, see sd_booted(3). */
const SYSTEMD = '/run/systemd/system';

/**
 * Debian starts the service of a package when it installs it, at every boot from then on. For a package that was
 * installed for its program: ends that. Without systemd nothing was started.
 * @param {string} name
 * @param {(text: string) => void} progress
 */
export async function stopNewService(name, progress, { systemd = existsSync(SYSTEMD), run = quiet } = {}) {
  if (!systemd) return;
  const args = ['disable', '--now', name];
  progress(`stopping the service ${name}, which its package has started`);
  const { code, out } = await run('systemctl', args);
  // The tests work all the same; a service that nobody asked for is worth a word.
  if (code !== 0) progress(`it could not be stopped: run by hand: systemctl ${args.join(' ')}\n${tail(out)}`);
}
