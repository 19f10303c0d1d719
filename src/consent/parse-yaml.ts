import { LineCounter, parseDocument, visit } from 'yaml';
import type { Document, YAMLError } from 'yaml';
import type { Position, Problem } from '../fhir/problem.ts';

/** Where the value at a path of keys and indexes stands in the text. */
export type PositionOf = (path: readonly (string | number)[]) => Position;

const maxLength = 262_144;

/**
 * YAML 1.2 text → plain JSON values with their positions. Refused: more than 256 KiB, several documents, duplicate
 * keys, tags of its own, and aliases (a reviewer must see each value where it counts).
 */
export function parseYaml(text: string): { content: unknown; positionOf: PositionOf } | { problems: Problem[] } {
  if (text.length > maxLength) {
    return { problems: [{ category: 'too-large', code: 'agreement-too-large', text: 'The agreement file is too long.', expected: 'at most 256 KiB' }] };
  }
  const lines = new LineCounter();
  let document: Document;
  try {
    document = parseDocument(text, { version: '1.2', schema: 'core', uniqueKeys: true, strict: true, lineCounter: lines, prettyErrors: false });
  } catch {
    // the parser recurses: nesting deeper than its stack is the one thing it throws on
    return { problems: [{ category: 'malformed', code: 'agreement-not-yaml', text: 'The agreement file is nested too deeply to be read.' }] };
  }
  const faults = [...document.errors, ...document.warnings];
  if (faults.length > 0) return { problems: faults.slice(0, 20).map((fault) => notYaml(fault, lines)) };
  const alias = findAlias(document);
  if (alias !== undefined) {
    return { problems: [{
      category: 'malformed', code: 'agreement-not-yaml', text: 'The agreement file uses a YAML alias.', at: placeOf(alias, lines), fix: 'Write the value out in full.',
    }] };
  }
  return { content: document.toJS(), positionOf: (path) => positionIn(document, lines, path) };
}

function notYaml(fault: YAMLError, lines: LineCounter): Problem {
  return {
    category: 'malformed', code: 'agreement-not-yaml', text: `The agreement file is not the YAML it should be: ${fault.code.toLowerCase().replaceAll('_', ' ')}.`,
    at: placeOf(fault.pos[0], lines), expected: 'one YAML 1.2 document',
  };
}

function findAlias(document: Document): number | undefined {
  let found: number | undefined;
  visit(document, { Alias: (_, node) => { found = node.range?.[0] ?? 0; return visit.BREAK; } });
  return found;
}

/** The value itself, or the nearest thing around it that is there. */
function positionIn(document: Document, lines: LineCounter, path: readonly (string | number)[]): Position {
  const pointer = path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    const range = (node as { range?: [number, number, number] | null } | null | undefined)?.range;
    if (range) return { ...placeOf(range[0], lines), ...(pointer && { pointer }) };
  }
  return pointer ? { pointer } : {};
}

function placeOf(offset: number, lines: LineCounter): Position {
  const { line, col } = lines.linePos(offset);
  return { line, column: col };
}
