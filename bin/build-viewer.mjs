// Builds the viewer into dist/viewer when its sources changed since the last build: `node bin/build-viewer.mjs`.
// Beside every text file stand its compressed forms, so that serving costs nothing.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const root = fileURLToPath(new URL('..', import.meta.url));
const source = join(root, 'src', 'viewer');
const target = join(root, 'dist', 'viewer');
const stamp = '.built-from';

const wanted = sourceHash();
if (existsSync(join(target, stamp)) && readFileSync(join(target, stamp), 'utf8') === wanted) process.exit(0);
const { build } = await import('vite');
const draft = `${target}.${process.pid}`;
process.once('exit', () => rmSync(draft, { recursive: true, force: true }));
await build(configuration(draft));
compress(draft);
writeFileSync(join(draft, stamp), wanted);
putInPlace(draft);

/** Everything the result depends on: the viewer, the packages it is made with, and this script. */
function sourceHash() {
  const hash = createHash('sha256');
  const files = readdirSync(source, { recursive: true }).map((name) => join(source, name)).filter((path) => statSync(path).isFile()).sort();
  for (const path of [...files, join(root, 'package-lock.json'), join(root, 'docs', 'known-gaps.md'), fileURLToPath(import.meta.url)]) hash.update(path.slice(root.length)).update('\0').update(readFileSync(path)).update('\0');
  return hash.digest('hex');
}

/** @returns {import('vite').InlineConfig} */
function configuration(outDir) {
  return {
    root: source, base: '/app/', configFile: false, envDir: false, publicDir: false, logLevel: 'warn',
    resolve: { alias: { '@nhsuk': join(root, 'node_modules', 'nhsuk-frontend', 'dist', 'nhsuk', 'assets') } },
    oxc: { jsx: { runtime: 'automatic' } },
    css: { preprocessorOptions: { scss: { loadPaths: [join(root, 'node_modules')], quietDeps: true, silenceDeprecations: ['if-function'] } } },
    build: {
      outDir, emptyOutDir: true, manifest: 'manifest.json', target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false }, reportCompressedSize: false, sourcemap: false,
      rolldownOptions: { checks: { bundlerTimings: false }, onwarn: (warning, warn) => { if (warning.code !== 'MODULE_LEVEL_DIRECTIVE') warn(warning); } }, // "use client" says nothing to a browser
    },
  };
}

function compress(folder) {
  const texts = readdirSync(folder, { recursive: true }).filter((name) => /[.](js|css|html|svg|json)$/.test(name)).map((name) => join(folder, name));
  for (const path of texts) {
    const bytes = readFileSync(path);
    writeFileSync(`${path}.gz`, gzipSync(bytes, { level: 9 }));
    writeFileSync(`${path}.br`, brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }));
  }
}

/** The old build goes only when the new one is whole; of two builds at once, either may win. */
function putInPlace(draft) {
  mkdirSync(join(target, '..'), { recursive: true });
  const old = `${target}.old-${process.pid}`;
  if (existsSync(target)) renameSync(target, old);
  try {
    renameSync(draft, target);
  } catch (error) {
    if (!['EEXIST', 'ENOTEMPTY'].includes(error.code)) throw error;
  }
  rmSync(old, { recursive: true, force: true });
}
