import type { ConceptMapSyntax } from './map-syntax.ts';
import { relationships } from './relationships.ts';
import type { Relationship } from './relationships.ts';
import { lexMap } from './lex-map.ts';
import { describe } from './token-reader.ts';
import type { TokenReader } from './token-reader.ts';

/** `conceptmap "Sex" { prefix s = "url" prefix t = "url" s:M == t:male }`: a code table written inside the map. */
export function parseConceptMap(reader: TokenReader): ConceptMapSyntax {
  const at = reader.take().start;
  const id = reader.string('the id of the concept map');
  if (id.startsWith('#')) reader.fail('The id is declared without #', at);
  reader.expect('{', 'after the id');
  const map: ConceptMapSyntax = { at, id, provided: false, entries: [] };
  const prefixes = new Map<string, string>();
  const given = new Set<string>();
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
    } else parseEntry(reader, map, prefixes, given);
  }
  return map;
}

function parseEntry(reader: TokenReader, map: ConceptMapSyntax, prefixes: Map<string, string>, given: Set<string>): void {
  const at = reader.peek().start;
  const source = parseCode(reader, prefixes);
  const { symbol, usable } = parseRelationship(reader);
  const target = symbol === '--' ? { system: '', code: '' } : parseCode(reader, prefixes);
  if (usable && given.has(source.code)) reader.report(at, 'This code is given two usable targets');
  if (usable) given.add(source.code);
  map.entries.push({ at, sourceSystem: source.system, source: source.code, relationship: symbol, usable, ...target });
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

/** A symbol may be several tokens; the longest that fits is meant. */
const longestFirst = relationships.map((relationship) => ({ relationship, tokens: tokensOf(relationship.symbol) })).sort((a, b) => b.tokens.length - a.tokens.length);

function tokensOf(symbol: string): string[] {
  return lexMap(symbol).tokens.flatMap(({ kind, text }) => (kind === 'symbol' ? [text] : []));
}

function parseRelationship(reader: TokenReader): Relationship {
  const found = longestFirst.find(({ tokens }) => tokens.every((token, index) => reader.is(token, index)));
  if (!found) return reader.fail(`Expected a relationship such as == or -, found ${describe(reader.peek())}`);
  found.tokens.forEach(() => reader.take());
  return found.relationship;
}
