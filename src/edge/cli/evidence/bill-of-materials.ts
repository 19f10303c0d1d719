import { randomUUID } from 'node:crypto';

interface LockedPackage {
  version?: string;
  license?: string;
  integrity?: string;
  dev?: boolean;
  optional?: boolean;
  link?: boolean;
}

/** What of package-lock.json is read. */
export interface Lockfile {
  name: string;
  version: string;
  packages: Record<string, LockedPackage>;
}

/** Every package the lockfile names, as CycloneDX 1.6 JSON: https://cyclonedx.org/docs/1.6/json. What only the tests and the build need is marked as excluded. */
export function billOfMaterials({ name, version, packages }: Lockfile, at: Date): object {
  const components = Object.entries(packages).filter(([path, { link }]) => path !== '' && link !== true).map(([path, each]) => component(path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length), each));
  const unique = new Map(components.map((each) => [each['bom-ref'], each]));
  return {
    bomFormat: 'CycloneDX', specVersion: '1.6', serialNumber: `urn:uuid:${randomUUID()}`, version: 1,
    metadata: { timestamp: at.toISOString(), component: { type: 'application', 'bom-ref': `${name}@${version}`, name, version } },
    components: [...unique.values()].sort((a, b) => (a['bom-ref'] < b['bom-ref'] ? -1 : 1)),
  };
}

function component(name: string, { version = '', license, integrity, dev, optional }: LockedPackage) {
  const [, algorithm = '', hash = ''] = /^(sha\d+)-([A-Za-z0-9+/]+=*)/.exec(integrity ?? '') ?? [];
  const purl = `pkg:npm/${name.replace('@', '%40')}@${version}`;
  return {
    type: 'library', 'bom-ref': purl, name, version, purl, scope: dev ? 'excluded' : optional ? 'optional' : 'required',
    ...(license !== undefined && { licenses: [/[ (]/.test(license) ? { expression: license } : { license: { id: license } }] }),
    ...(hash !== '' && { hashes: [{ alg: algorithm.replace('sha', 'SHA-'), content: Buffer.from(hash, 'base64').toString('hex') }] }),
  };
}
