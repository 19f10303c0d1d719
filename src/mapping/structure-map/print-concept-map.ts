import type { JsonCursor } from './json-cursor.ts';
import type { TextWriter } from './text-writer.ts';
import { relationshipOf } from '../relationships.ts';
import { quoteText } from './vocabulary.ts';

/** Writes a contained ConceptMap (R4 equivalence, R5 relationship) as a `conceptmap` of the map. Displays have no place in the text. */
export function printConceptMap(map: JsonCursor, writer: TextWriter): void {
  writer.part(map, () => {
    writer.line(`conceptmap ${quoteText(map.needed('id'), '"')} {`);
    const prefixes = new Map<string, string>();
    const groups = map.items('group');
    writer.block(() => {
      for (const group of groups) {
        for (const [role, name] of [['s', 'source'], ['t', 'target']] as const) {
          const key = `${role} ${group.text(name) ?? ''}`;
          if (prefixes.has(key)) continue;
          const prefix = uniquePrefix(role, prefixes);
          prefixes.set(key, prefix);
          writer.line(`prefix ${prefix} = ${quoteText(group.text(name) ?? '', '"')}`);
        }
      }
      for (const group of groups) printGroup(group, prefixes, writer);
    });
    writer.line('}');
  });
  writer.line();
}

function uniquePrefix(role: string, prefixes: ReadonlyMap<string, string>): string {
  const used = [...prefixes.values()].filter((prefix) => prefix.startsWith(role)).length;
  return used === 0 ? role : `${role}${used + 1}`;
}

function printGroup(group: JsonCursor, prefixes: ReadonlyMap<string, string>, writer: TextWriter): void {
  const from = prefixes.get(`s ${group.text('source') ?? ''}`) ?? '';
  const to = prefixes.get(`t ${group.text('target') ?? ''}`) ?? '';
  const unmapped = group.member('unmapped');
  if (unmapped.value !== undefined) {
    if (unmapped.text('mode') === 'provided') writer.line(`unmapped for ${from} = provided`);
    else unmapped.problem('The text of a map knows only the mode provided: put others into a table');
  }
  for (const element of group.items('element')) {
    const source = `${from}:${printCode(element.needed('code'))}`;
    const targets = element.items('target');
    writer.part(element, () => {
      if (element.member('noMap').value === true || targets.length === 0) writer.line(`${source} --`);
      for (const target of targets) writer.part(target, () => { writer.line(printTarget(source, to, target)); });
    });
  }
}

function printTarget(source: string, to: string, target: JsonCursor): string {
  const symbol = relationshipOf(target.text('equivalence') ?? target.text('relationship'))?.symbol;
  if (symbol === undefined) target.problem('This is no relationship of a ConceptMap');
  return symbol === '--' ? `${source} --` : `${source} ${symbol ?? '!='} ${to}:${printCode(target.needed('code'))}`;
}

/** Codes may be words; all others stand in quotes. A code called `prefix` would be read as one. */
function printCode(code: string): string {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(code) ? code : quoteText(code, '"');
}
