import type { ConceptMapSyntax } from './map-syntax.ts';
import { describe } from './token-reader.ts';
import type { TokenReader } from './token-reader.ts';

/**
 * Relationship symbols of R4 (equivalence) and R5 (relationship), longest first: may the target be used as the
 * translation? `--` says that there is none.
 */
const relationships: { symbols: string[]; usable: boolean; noTarget?: boolean }[] = [
  { symbols: ['=='], usable: true }, { symbols: ['!='], usable: false }, { symbols: ['<='], usable: true },
  { symbols: ['>='], usable: false }, { symbols: ['-', '-'], usable: false, noTarget: true },
  { symbols: ['<', '-'], usable: false }, { symbols: ['>', '-'], usable: false },
  { symbols: ['-'], usable: true }, { symbols: ['='], usable: true }, { symbols: ['~'], usable: true },
];

/** `conceptmap "Sex" { prefix s = "url" prefix t = "url" s:M == t:male }`: a code table written inside the map. */
export function parseConceptMap(reader: TokenReader): ConceptMapSyntax {
  const at = reader.take().start;
  const id = reader.string('the id of the concept map');
  if (id.startsWith('#')) reader.fail('The id is declared without #', at);
  reader.expect('{', 'after the id');
  const map: ConceptMapSyntax = { at, id, provided: false, entries: [] };
  const prefixes = new Map<string, string>();
  while (!reader.accept('}')) {
    if (reader.is('prefix') && !reader.is(':', 1)) {
      reader.take();
      const name = reader.name('a prefix');
      reader.expect('=', 'after the prefix');
      prefixes.set(name, reader.string('the URL of the prefix'));
    } else if (reader.is('unmapped') && !reader.is(':', 1)) {
      reader.take();
      reader.expect('for', 'after unmapped');
      reader.name('a prefix');
      reader.expect('=', 'after the prefix');
      map.provided = reader.name('provided') === 'provided';
    } else parseEntry(reader, map, prefixes);
  }
  return map;
}

function parseEntry(reader: TokenReader, map: ConceptMapSyntax, prefixes: Map<string, string>): void {
  const at = reader.peek().start;
  const source = parseCode(reader, prefixes);
  const { usable, noTarget } = parseRelationship(reader);
  const target = noTarget ? { system: '', code: '' } : parseCode(reader, prefixes);
  map.entries.push({ at, source: source.code, usable, system: target.system, code: target.code });
}

function parseCode(reader: TokenReader, prefixes: Map<string, string>): { system: string; code: string } {
  const at = reader.peek().start;
  const prefix = reader.name('a prefix');
  const system = prefixes.get(prefix);
  if (system === undefined) reader.fail(`The prefix ${prefix} is not declared`, at);
  reader.expect(':', 'after the prefix');
  const token = reader.peek();
  if (!['word', 'quoted-word', 'string', 'double', 'number'].includes(token.kind)) reader.fail(`Expected a code, found ${describe(token)}`);
  return { system, code: reader.take().text };
}

function parseRelationship(reader: TokenReader): { usable: boolean; noTarget?: boolean } {
  const found = relationships.find(({ symbols }) => symbols.every((symbol, index) => reader.is(symbol, index)));
  if (!found) return reader.fail(`Expected a relationship such as == or -, found ${describe(reader.peek())}`);
  found.symbols.forEach(() => reader.take());
  return found;
}
