import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { loadMappings } from '../../src/intake/load-mappings.ts';
import type { Mappings } from '../../src/intake/load-mappings.ts';
import { tableFromCsv } from '../../src/mapping/table-from-csv.ts';

/** Where codes of our own code systems come from, found in the files that use them. */

export const systemBase = 'https://fhir.bicp.example/CodeSystem/';

/** code → the displays it is given */
export type Codes = Map<string, Set<string>>;
/** by the code system's own name: `cld-item` */
export type UsedCodes = Map<string, Codes>;

export function filesBelow(folder: string, ending: RegExp): string[] {
  return readdirSync(folder).sort().flatMap((name) => {
    const path = join(folder, name);
    if (statSync(path).isDirectory()) return filesBelow(path, ending);
    return ending.test(name) ? [path] : [];
  });
}

const textOf = (path: string): string => readFileSync(path, 'utf8');

export function add(used: UsedCodes, system: string, code?: string, display?: string): void {
  const codes: Codes = used.get(system) ?? new Map<string, Set<string>>();
  used.set(system, codes);
  if (code === undefined) return;
  const displays = codes.get(code) ?? new Set<string>();
  codes.set(code, display === undefined || display === '' ? displays : displays.add(display));
}

/** What tables and maps can put into a record: every row of every table, every coding a map writes, and the partners' own codes that are kept beside. */
export function codesOfMappings(folder: string): UsedCodes {
  const loaded = loadMappings(folder);
  if ('problems' in loaded) throw new Error(JSON.stringify(loaded.problems));
  const used: UsedCodes = new Map();
  for (const path of filesBelow(folder, /\.csv$/).filter((file) => file.includes('/tables/'))) {
    for (const row of rowsOf(path, textOf(path))) if (row.system.startsWith(systemBase)) add(used, row.system.slice(systemBase.length), row.code, row.display);
  }
  for (const path of filesBelow(folder, /\.map$/)) {
    for (const [, system = '', code, display] of textOf(path).matchAll(/\bcc?\('https:\/\/fhir\.bicp\.example\/CodeSystem\/([a-z0-9-]+)', '([^']*)'(?:, '([^']*)')?\)/g)) add(used, system, code, display);
  }
  for (const { key } of loaded.feeds) addLocalCodes(used, loaded, key);
  return used;
}

function rowsOf(path: string, text: string): { source: string; system: string; code: string; display: string }[] {
  const read = tableFromCsv(path, text, path);
  if ('problems' in read) throw new Error(JSON.stringify(read.problems));
  const rows = [...read.table.rows].map(([source, to]) => ({ source, ...to }));
  return read.table.fallback ? [...rows, { source: '*', ...read.table.fallback }] : rows;
}

/**
 * Code systems a map names after the partner: of those kept as sent the codes are what a table turns into another code;
 * a list without a table takes whatever the partner has.
 */
function addLocalCodes(used: UsedCodes, mappings: Mappings, feedKey: string): void {
  const feed = mappings.feeds.find(({ key }) => key === feedKey);
  if (!feed) return;
  const { partnerKey } = feed.partner;
  const { maps, tables } = mappings.files(feed.kind, partnerKey);
  for (const { text } of maps) {
    for (const [, list = ''] of text.matchAll(/append\('https:\/\/fhir\.bicp\.example\/CodeSystem\/', partner, '-([a-z-]+)'\)/g)) add(used, `${partnerKey}-${list}`);
    for (const line of text.split('\n')) {
      const list = /AsSent\([^)]*'([a-z-]+)', \w+\)/.exec(line)?.[1];
      if (list === undefined) continue;
      add(used, `${partnerKey}-${list}`);
      const name = /translate\(\w+, '#([a-z.-]+)', 'Coding'\)/.exec(line)?.[1];
      const table = tables.find((one) => one.name === name);
      const rows = table ? rowsOf(table.file, table.text) : [];
      for (const { source, code } of rows) if (source !== code && source !== '*') add(used, `${partnerKey}-${list}`, source);
    }
  }
}

/** Code systems and codes that the program itself writes. */
export function codesOfProgram(folder: string): UsedCodes {
  const used: UsedCodes = new Map();
  for (const text of filesBelow(folder, /\.ts$/).map(textOf)) {
    const constants = new Map([...text.matchAll(/const (\w+) = 'https:\/\/fhir\.bicp\.example\/CodeSystem\/([a-z0-9-]+)'/g)].map(([, name = '', system = '']) => [name, system]));
    for (const [, system = ''] of text.matchAll(/https:\/\/fhir\.bicp\.example\/CodeSystem\/([a-z0-9-]+)/g)) add(used, system);
    for (const [, name = '', code] of text.matchAll(/system: (\w+), code: '([^']+)'/g)) {
      const system = constants.get(name);
      if (system !== undefined) add(used, system, code);
    }
    if (!/=> `https:\/\/fhir\.bicp\.example\/CodeSystem\/\$\{/.test(text)) continue;
    for (const [, system = '', code] of text.matchAll(/(?:local|concept)\('([a-z-]+)'(?:, '([a-z-]+)')?/g)) add(used, system, code);
  }
  return used;
}

/** Names of the StructureDefinitions of ours that files name, in full or behind a constant for their base. */
export function structuresNamed(folders: readonly string[]): Set<string> {
  const texts = folders.flatMap((folder) => filesBelow(folder, /\.(ts|map|csv|json|yaml)$/)).filter((path) => !path.includes('/examples/')).map(textOf);
  return new Set(texts.flatMap((text) => [
    ...[...text.matchAll(/https:\/\/fhir\.bicp\.example\/StructureDefinition\/([A-Za-z0-9-]+)/g)].map(([, name = '']) => name),
    ...(/structure = 'https:\/\/fhir\.bicp\.example\/StructureDefinition'/.test(text) ? [...text.matchAll(/\$\{structure\}\/([A-Za-z0-9-]+)/g)].map(([, name = '']) => name) : []),
  ]));
}
