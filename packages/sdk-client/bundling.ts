import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * mediasoup-client is bundled: its entry also loads what only its own tests need, which is a tenth of our size,
 * and its `engines` make npm complain on Node 20, where it is never run.
 */
export const BUNDLED = 'mediasoup-client';

/** mediasoup-client's test doubles, and what it has for where there are no media elements. Nothing of ours reaches them. */
const UNUSED = /\/(FakeHandler|fakeParameters|ReactNative106)$/;

export const withoutUnused: Plugin = {
  name: 'without-what-is-unused-of-mediasoup-client',
  setup(build) {
    build.onResolve({ filter: UNUSED }, ({ path, importer }) =>
      importer.includes(BUNDLED) ? { path, namespace: 'left-out' } : undefined,
    );
    build.onLoad({ filter: /.*/, namespace: 'left-out' }, () => ({ contents: 'module.exports = {}' }));
    // Its own log, for who sets `localStorage.debug`, takes 2 kB; ours goes to the `logger` of the room.
    build.onResolve({ filter: /^debug$/ }, ({ path }) => ({ path, namespace: 'silent' }));
    build.onLoad({ filter: /.*/, namespace: 'silent' }, () => ({
      contents: 'module.exports = () => () => {}',
    }));
  },
};

const PACKAGE = /^.*node_modules\/(@[^/]+\/[^/]+|[^/]+)/;

function licenceOf(folder: string): string {
  const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Record<
    string,
    string
  >;
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  const text =
    file === undefined ? `License: ${String(license)}` : readFileSync(join(folder, file), 'utf8').trim();
  return `${String(name)} ${String(version)}\n\n${text}\n`;
}

/** Puts the licences of everything that was bundled beside the bundle, as they ask for. */
export const collectLicences: Plugin = {
  name: 'collect-licences',
  setup(build) {
    build.initialOptions.metafile = true;
    build.onEnd(({ metafile }) => {
      const inputs = Object.keys(metafile?.inputs ?? {});
      const folders = new Set(
        inputs.map((input) => PACKAGE.exec(input)?.[0]).filter((folder) => folder !== undefined),
      );
      const text = [...folders].sort().map(licenceOf).join('\n---\n\n');
      const folder = build.initialOptions.outdir ?? 'dist';
      // tsup writes the bundle itself, later: on the first build there is no folder yet.
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'THIRD_PARTY_LICENSES.txt'), text);
    });
  },
};
