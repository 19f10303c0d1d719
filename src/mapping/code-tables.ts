import type { MapSyntax } from './map-syntax.ts';
import type { CodeTable } from './types.ts';

export interface Translation {
  system: string;
  code: string;
  display: string;
}

/** A code table or an embedded concept map, ready to look up. */
export interface Translator {
  /** how problems name it */
  label: string;
  /** `system` is that of a Coding: an entry for another system does not fit */
  find(code: string, system?: string): Translation | 'unusable' | undefined;
}

/** The tables one map may name. */
export type CodeTableSet = ReadonlyMap<string, Translator>;

/** Tables by `name`, embedded concept maps by their id; translate() finds both with and without `#`. */
export function codeTables(tables: readonly CodeTable[], syntax: MapSyntax): CodeTableSet {
  const set = new Map<string, Translator>();
  for (const table of tables) set.set(table.name, tableTranslator(table));
  for (const map of syntax.conceptMaps) {
    set.set(map.id, { label: `the concept map ${map.id}`, find: finderOf(map) });
  }
  return set;
}

function finderOf({ entries, provided }: MapSyntax['conceptMaps'][number]): Translator['find'] {
  const known = new Map<string, { from: string; to: Translation | 'unusable' }>();
  for (const { sourceSystem, source, usable, system, code } of entries) {
    if (usable) known.set(source, { from: sourceSystem, to: { system, code, display: '' } });
    else if (!known.has(source)) known.set(source, { from: sourceSystem, to: 'unusable' });
  }
  return (code, system) => {
    const found = known.get(code);
    if (found && (system === undefined || found.from === '' || found.from === system)) return found.to;
    return provided ? { system: system ?? '', code, display: '' } : undefined;
  };
}

/** How translate() looks a code up in one table. */
export function tableTranslator(table: CodeTable): Translator {
  const { rows, unusable, fallback, provided } = table;
  const key = table.loose ? looseKey : (code: string): string => code.trim();
  const otherwise = (code: string): Translation | undefined => fallback ?? (provided ? { system: '', code, display: '' } : undefined);
  return {
    label: table.file ?? `tables/${table.name}.csv`,
    find: (code) => rows.get(key(code)) ?? (unusable?.has(key(code)) ? 'unusable' : otherwise(code)),
  };
}

/** Lower case, with everything but letters and digits squashed to single spaces: how `.loose` tables compare. */
export function looseKey(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}
