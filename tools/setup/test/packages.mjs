import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { quiet, tail } from '../children.mjs';
import { inRoot, toolScript } from '../paths.mjs';
import { say } from '../report.mjs';
import { one, sum } from './counts.mjs';

/**
 * Checks of what users of the SDKs get: the packed tarballs, unpacked into an empty project that holds only what each
 * package declares to need.
 */

/** @typedef {Record<string, string>} Names */
/** @typedef {{ name: string, exports: Record<string, unknown>, dependencies?: Names, peerDependencies?: Names,
 *   peerDependenciesMeta?: Record<string, { optional?: boolean }>, optionalDependencies?: Names }} Manifest */
/** @typedef {{ folder: string, project: string, manifest: Manifest }} Packed */
/** @typedef {[title: string, why: (packed: Packed) => Promise<string[]>]} Check a list of complaints */

const PRIVATE_NAME = '@parlor/protocol';

/** @type {Check[]} */
const common = [
  ['holds no trace of the private package', async (packed) => privateTraces(packed)],
  ['is sound for bundlers and Node (publint)', lintPackage],
];

/** @type {Record<string, Check[]>} */
const checksOf = {
  'packages/sdk-server': [
    ...common,
    ['has types that stand alone', (packed) => checkTypes(packed, { lib: 'es2023', types: 'node' })],
    ['can be imported with what it declares, every entry', importEntries],
    ['can be imported without what is optional', importWithoutOptional],
  ],
  'packages/sdk-client': [
    ...common,
    [
      'has types that stand alone',
      (packed) => checkTypes(packed, { lib: 'es2023,dom,dom.iterable', types: '' }),
    ],
    ['can be bundled for a browser with what it declares, every entry', bundleEntries],
  ],
};

/** @returns {Promise<import('./counts.mjs').Counts>} */
export async function checkPackages() {
  const results = [];
  for (const [workspace, checks] of Object.entries(checksOf)) {
    const project = mkdtempSync(join(tmpdir(), 'parlor-package-'));
    try {
      const packed = await pack(workspace, project);
      for (const check of checks) results.push(await runCheck(check, packed));
    } catch (error) {
      say(`  ✗ ${workspace} cannot be packed: ${error instanceof Error ? error.message : String(error)}`);
      results.push(one(false));
    } finally {
      rmSync(project, { recursive: true, force: true });
    }
  }
  return sum(results);
}

/** @param {Check} check @param {Packed} packed */
async function runCheck([title, why], packed) {
  const complaints = await why(packed);
  const ok = complaints.length === 0;
  say(`  ${ok ? '✓' : '✗'} ${packed.manifest.name} ${title}`);
  complaints.forEach((complaint) => say(`      ${complaint}`));
  return one(ok);
}

/** Packs a workspace and unpacks it, with links to what it declares beside it.
 * @param {string} workspace @param {string} project
 * @returns {Promise<Packed>} */
async function pack(workspace, project) {
  const { code, out } = await quiet(
    'npm',
    ['pack', '--ignore-scripts', '--silent', '--pack-destination', project],
    {
      cwd: inRoot(workspace),
    },
  );
  const tarball = readdirSync(project).find((file) => file.endsWith('.tgz'));
  if (code !== 0 || !tarball) throw new Error(tail(out));
  const name = JSON.parse(readFileSync(inRoot(workspace, 'package.json'), 'utf8')).name;
  const folder = join(project, 'node_modules', name);
  mkdirSync(folder, { recursive: true });
  const unpacked = await quiet('tar', ['-xzf', join(project, tarball), '-C', folder, '--strip-components=1']);
  if (unpacked.code !== 0) throw new Error(tail(unpacked.out));

  /** @type {Manifest} */
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  writeFileSync(join(project, 'package.json'), '{ "type": "module", "private": true }\n');
  for (const needed of [
    ...Object.keys(manifest.dependencies ?? {}),
    ...Object.keys(manifest.peerDependencies ?? {}),
  ]) {
    link(needed, { from: workspace, project });
    // Whoever uses a library without types of its own from TypeScript has these.
    if (!needed.startsWith('@')) link(`@types/${needed}`, { from: workspace, project });
  }
  link('@types/node', { from: workspace, project });
  return { folder, project, manifest };
}

/** @param {string} name @param {{ from: string, project: string }} place */
function link(name, { from, project }) {
  const target = [inRoot(from, 'node_modules', name), inRoot('node_modules', name)].find(readable);
  if (!target) return;
  const place = join(project, 'node_modules', name);
  mkdirSync(dirname(place), { recursive: true });
  symlinkSync(target, place);
}

/** @param {string} folder */
function readable(folder) {
  try {
    return readdirSync(folder).length > 0;
  } catch {
    return false; // not installed there
  }
}

/** Source maps quote the source and `devDependencies` are never installed: neither is looked at by anything.
 * @param {Packed} packed */
function privateTraces({ folder, manifest }) {
  const inManifest = {
    ...manifest.dependencies,
    ...manifest.peerDependencies,
    ...manifest.optionalDependencies,
  };
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.map') && entry.name !== 'package.json')
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => readFileSync(file, 'utf8').includes(PRIVATE_NAME))
    .map((file) => `${file.slice(folder.length + 1)} names ${PRIVATE_NAME}`);
  return PRIVATE_NAME in inManifest ? [`package.json depends on ${PRIVATE_NAME}`, ...files] : files;
}

/** @param {Packed} packed */
async function lintPackage({ folder }) {
  const { publint } = await import('publint');
  const { formatMessage } = await import('publint/utils');
  const { messages, pkg } = await publint({ pkgDir: folder, pack: false, level: 'warning', strict: true });
  return messages.map((message) => formatMessage(message, pkg, { color: false }) ?? message.code);
}

/** @param {Manifest} manifest */
const entriesOf = ({ name, exports }) => Object.keys(exports).map((path) => join(name, path));

/** @param {Packed} packed */
async function importEntries({ manifest, project }) {
  const complaints = await Promise.all(entriesOf(manifest).map((entry) => whyNotImported(entry, project)));
  return complaints.flat();
}

/** The main entry has to do without mediasoup (rooms without a server in the middle) and without any web framework.
 * @param {Packed} packed */
async function importWithoutOptional({ manifest, project }) {
  for (const [name, meta] of Object.entries(manifest.peerDependenciesMeta ?? {})) {
    if (meta.optional) rmSync(join(project, 'node_modules', name), { force: true });
  }
  return whyNotImported(manifest.name, project);
}

/** @param {string} entry @param {string} project */
async function whyNotImported(entry, project) {
  const code = `const entry = await import('${entry}'); if (Object.keys(entry).length === 0) throw new Error('empty');`;
  const args = ['--input-type=module', '-e', code];
  const result = await quiet(process.execPath, args, { cwd: project, timeout: 30_000 });
  return result.code === 0 ? [] : [`${entry}: ${tail(result.out, 8)}`];
}

/** @param {Packed} packed */
async function bundleEntries({ manifest, project }) {
  const { build } = await import('esbuild');
  const contents = entriesOf(manifest).map((entry, n) => `export * as entry${n} from '${entry}';`);
  try {
    await build({
      stdin: { contents: contents.join('\n'), resolveDir: project },
      bundle: true,
      write: false,
      format: 'esm',
      platform: 'browser',
      logLevel: 'silent',
    });
    return [];
  } catch (error) {
    const { errors } = /** @type {import('esbuild').BuildFailure} */ (error);
    return errors.map(({ text, location }) => `${location?.file ?? ''}: ${text}`);
  }
}

/** @param {Packed} packed @param {{ lib: string, types: string }} environment */
async function checkTypes({ manifest, project }, { lib, types }) {
  const lines = entriesOf(manifest).map((entry, n) => `export * as entry${n} from '${entry}';`);
  writeFileSync(join(project, 'entries.ts'), `${lines.join('\n')}\n`);
  const options = [
    '--noEmit',
    '--strict',
    '--target',
    'es2022',
    '--module',
    'nodenext',
    '--skipLibCheck',
    'false',
  ];
  const { code, out } = await quiet(
    process.execPath,
    [toolScript('typescript'), ...options, '--lib', lib, '--types', types, join(project, 'entries.ts')],
    { cwd: project },
  );
  if (code === 0) return [];
  if (!out.includes('error TS')) return [tail(out, 8)];
  // What is wrong inside of other packages is theirs.
  return out.split('\n').filter((line) => line.includes(manifest.name) || line.startsWith('entries.ts'));
}
