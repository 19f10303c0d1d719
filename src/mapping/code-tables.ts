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
  find(code: string): Translation | 'unusable' | undefined;
}

/** The tables one map may name. */
export type CodeTableSet = ReadonlyMap<string, Translator>;

/** Tables by `name`, embedded concept maps by their id; translate() finds both with and without `#`. */
export function codeTables(tables: readonly CodeTable[], syntax: MapSyntax): CodeTableSet {
  const set = new Map<string, Translator>();
  for (const table of tables) set.set(table.name, tableTranslator(table));
  for (const map of syntax.conceptMaps) {
    const entries = new Map<string, Translation | 'unusable'>();
    for (const { source, usable, system, code } of map.entries) {
      if (usable) entries.set(source, { system, code, display: '' });
      else if (!entries.has(source)) entries.set(source, 'unusable');
    }
    const provided = (code: string): Translation | undefined => (map.provided ? { system: '', code, display: '' } : undefined);
    set.set(map.id, { label: `the concept map ${map.id}`, find: (code) => entries.get(code) ?? provided(code) });
  }
  return set;
}

function tableTranslator(table: CodeTable): Translator {
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
