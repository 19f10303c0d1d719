import type { Problem } from '../fhir/problem.ts';
import type { GroupSyntax, MapSyntax, ParameterSyntax } from './map-syntax.ts';
import { parseConceptMap } from './parse-concept-map.ts';
import { parseExpression } from './parse-expression.ts';
import { document, parseBlock } from './parse-rule.ts';
import { describe, SyntaxStop, TokenReader } from './token-reader.ts';
import type { PlacedText } from './text-position.ts';

const modes = ['source', 'queried', 'target', 'produced'];

export interface ParsedMap {
  syntax: MapSyntax;
  problems: Problem[];
  warnings: Problem[];
}

/**
 * Reads the text of a map: FHIR Mapping Language as of R4, R4B, R5 and the incubator guide. Never throws.
 * Problems (code `map-syntax`, with file, line and column) mean that the syntax tree has holes and must not be compiled.
 */
export function parseMap(input: PlacedText): ParsedMap {
  const syntax: MapSyntax = { ...input, metadata: [], uses: [], imports: [], constants: [], conceptMaps: [], groups: [] };
  const reader = new TokenReader(input);
  while (reader.peek().kind !== 'end') {
    const before = reader.peek();
    try {
      parsePart(reader, syntax);
    } catch (error) {
      if (!(error instanceof SyntaxStop)) throw error;
      if (reader.peek() === before) reader.take();
      reader.skipToGroup();
    }
  }
  if (syntax.groups.length === 0 && reader.problems.length === 0) reader.report(0, 'A map needs at least one group');
  reader.problems.sort((a, b) => (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0));
  return { syntax, problems: reader.problems, warnings: reader.warnings };
}

function parsePart(reader: TokenReader, syntax: MapSyntax): void {
  const token = reader.peek();
  if (token.kind === 'meta') return parseMeta(reader, syntax);
  if (reader.accept(';')) return;
  switch (token.kind === 'word' ? token.text : '') {
    case 'map':
      return parseHeader(reader, syntax);
    case 'conceptmap':
      syntax.conceptMaps.push(parseConceptMap(reader));
      return;
    case 'uses':
      return parseUses(reader, syntax);
    case 'imports':
      reader.take();
      syntax.imports.push({ at: token.start, url: reader.string('the URL of a map') });
      return;
    case 'let':
      return parseConstant(reader, syntax);
    case 'group':
      syntax.groups.push(parseGroup(reader));
      return;
    default:
      reader.fail(`Expected map, uses, imports, let, conceptmap or group, found ${describe(token)}`);
  }
}

function parseMeta(reader: TokenReader, syntax: MapSyntax): void {
  const { text, value } = reader.take();
  if (value === undefined) return;
  if (text === 'url') syntax.url = value;
  else if (text === 'name') syntax.name = value;
  else syntax.metadata.push({ key: text, value });
}

function parseHeader(reader: TokenReader, syntax: MapSyntax): void {
  reader.take();
  syntax.url = reader.string('the URL of the map');
  reader.expect('=', 'after the URL');
  const { kind } = reader.peek();
  syntax.name = kind === 'string' || kind === 'double' ? reader.take().text : reader.name('the name of the map');
}

function parseUses(reader: TokenReader, syntax: MapSyntax): void {
  const comments = reader.documentation('next');
  const at = reader.take().start;
  const url = reader.string('the URL of a structure');
  const alias = reader.accept('alias') ? reader.name('an alias') : undefined;
  reader.expect('as', 'before the mode');
  const mode = reader.name('a mode');
  if (!modes.includes(mode)) reader.fail('The mode of a structure is source, queried, target or produced', at);
  const structure: MapSyntax['uses'][number] = { at, url, mode, ...(alias === undefined ? {} : { alias }) };
  reader.accept(';');
  document(structure, [...comments, ...reader.documentation('last')]);
  syntax.uses.push(structure);
}

function parseConstant(reader: TokenReader, syntax: MapSyntax): void {
  const at = reader.take().start;
  const name = reader.name('the name of a constant');
  reader.expect('=', `after ${name}`);
  syntax.constants.push({ at, name, value: parseExpression(reader) });
  reader.expect(';', 'after a constant');
}

function parseGroup(reader: TokenReader): GroupSyntax {
  const comments = reader.documentation('next');
  const at = reader.take().start;
  if (reader.is('for')) reader.fail('This is the syntax of R3: write group Name(source a, target b) { … }');
  const group: GroupSyntax = { at, name: reader.name('the name of the group'), parameters: [], rules: [] };
  reader.expect('(', 'before the parameters');
  do group.parameters.push(parseParameter(reader));
  while (reader.accept(','));
  reader.expect(')', 'after the parameters');
  if (reader.is('extends')) {
    const { start } = reader.take();
    group.extends = { at: start, name: reader.name('the name of the extended group') };
  }
  if (reader.accept('<<')) {
    if (reader.accept('types')) group.typeMode = 'types';
    else {
      reader.expect('type', 'or types after <<');
      reader.expect('+', 'after type');
      group.typeMode = 'type+';
    }
    reader.expect('>>', 'after the type mode');
  }
  document(group, [...comments, ...reader.documentation('last')]);
  group.rules = parseBlock(reader);
  return group;
}

function parseParameter(reader: TokenReader): ParameterSyntax {
  const at = reader.peek().start;
  const mode = reader.name('source or target');
  if (mode !== 'source' && mode !== 'target') reader.fail('A parameter begins with source or target', at);
  const name = reader.name('the name of the parameter');
  return { at, mode, name, ...(reader.accept(':') ? { type: reader.name('a type') } : {}) };
}
