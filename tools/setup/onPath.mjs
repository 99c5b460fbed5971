import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/** The first of `names` that is on the PATH.
 * @param {string[]} names @param {string} path */
export function onPath(names, path = process.env['PATH'] ?? '') {
  const folders = path.split(delimiter).filter(Boolean);
  return names
    .flatMap((name) => folders.map((folder) => join(folder, name)))
    .find((file) => existsSync(file));
}
