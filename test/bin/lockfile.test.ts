import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

interface Entry { dependencies?: Record<string, string>; optionalDependencies?: Record<string, string>; devDependencies?: Record<string, string>; integrity?: string; resolved?: string }

const root = join(import.meta.dirname, '..', '..');
const packages = (JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')) as { packages: Record<string, Entry> }).packages;
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Entry;

/** As Node looks for it: beside the package, then in every folder above. */
function isLocked(from: string, name: string): boolean {
  for (let folder = from; ; folder = dirname(folder)) {
    if (!folder.endsWith('node_modules') && `${folder === '' || folder === '.' ? '' : `${folder}/`}node_modules/${name}` in packages) return true;
    if (folder === '' || folder === '.') return false;
  }
}

it('names every package that any system may need: npm ci refuses a lockfile that leaves one out', () => {
  const missing = Object.entries(packages).flatMap(([path, { dependencies = {}, optionalDependencies = {} }]) =>
    Object.keys({ ...dependencies, ...optionalDependencies }).filter((name) => !isLocked(path, name)).map((name) => `${path} needs ${name}`));
  expect(missing).toEqual([]);
});

it('is of one mind with package.json', () => {
  const { dependencies, devDependencies } = packages[''] ?? {};
  expect({ dependencies, devDependencies }).toEqual({ dependencies: manifest.dependencies, devDependencies: manifest.devDependencies });
});

it('fixes the content of every package, and no address: it installs from whatever registry a machine has', () => {
  const loose = Object.entries(packages).filter(([path, entry]) => path !== '' && (entry.integrity === undefined || entry.resolved !== undefined));
  expect(loose.map(([path]) => path)).toEqual([]);
});
