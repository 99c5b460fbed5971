import { SetupError } from './report.mjs';
import { quietTurbo } from './turbo.mjs';
import { tail } from './children.mjs';

/** Builds the SDKs, the reference server and the demo; turbo leaves out what has not changed.
 * @param {string[]} filters turbo's, to build less */
export async function build(...filters) {
  const { code, out } = await quietTurbo('build', ...filters);
  if (code !== 0) {
    throw new SetupError(
      `The build failed:\n${tail(out, 60)}`,
      'correct what it complains about; `npm run build` shows all of it.',
    );
  }
  return out.includes('FULL TURBO') ? 'nothing to do' : 'built';
}
