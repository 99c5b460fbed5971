import { build } from 'esbuild';
import { fileURLToPath } from 'node:url';

const bundles = new Map<string, Promise<string>>();

/** A page of `pages/` as one script, made once. */
export function bundlePage(name: string): Promise<string> {
  let bundle = bundles.get(name);
  if (!bundle) {
    bundle = bundled(name);
    bundles.set(name, bundle);
  }
  return bundle;
}

async function bundled(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`../pages/${name}.ts`, import.meta.url))],
    bundle: true,
    write: false,
    format: 'iife',
    platform: 'browser',
    target: 'es2022',
    logLevel: 'error',
  });
  const [script] = outputFiles;
  if (!script) throw new Error(`no bundle of ${name}`);
  return script.text;
}
