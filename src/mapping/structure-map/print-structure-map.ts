import type { JsonCursor } from './json-cursor.ts';
import { printConceptMap } from './print-concept-map.ts';
import { printMetadata } from './print-metadata.ts';
import { expressionOf, printRule } from './print-rule.ts';
import { TextWriter } from './text-writer.ts';
import { constantExtension, quoteName, quoteText } from './vocabulary.ts';

const typeModes: Record<string, string> = { types: ' <<types>>', 'type-and-types': ' <<type+>>', none: '' };

/** A StructureMap of R4 or R5 as the text of a map. What the text cannot say is reported at its pointer. */
export function printStructureMap(map: JsonCursor): TextWriter {
  const writer = new TextWriter();
  writer.part(map, () => {
    printMetadata(map, writer);
    writer.line();
    for (const contained of map.items('contained')) {
      if (contained.text('resourceType') === 'ConceptMap') printConceptMap(contained, writer);
      else contained.problem('Only a ConceptMap can be contained in a map');
    }
    for (const structure of map.items('structure')) writer.part(structure, () => { printStructure(structure, writer); });
    printImports(map, writer);
    printConstants(map, writer);
    const groups = map.items('group');
    if (groups.length === 0) map.problem('A map needs at least one group');
    for (const group of groups) printGroup(group, writer);
  });
  return writer;
}

function printStructure(structure: JsonCursor, writer: TextWriter): void {
  structure.only('url', 'mode', 'alias', 'documentation');
  writer.comment(structure.text('documentation'));
  const alias = structure.text('alias');
  writer.line(`uses ${quoteText(structure.needed('url'), '"')}${alias === undefined ? '' : ` alias ${quoteName(alias)}`} as ${quoteName(structure.needed('mode'))}`);
}

function printImports(map: JsonCursor, writer: TextWriter): void {
  const imports = map.items('import');
  if (imports.length > 0) writer.line();
  for (const url of imports) {
    writer.part(url, () => {
      writer.line(`imports ${typeof url.value === 'string' ? quoteText(url.value, '"') : url.wrong('a URL').join('')}`);
    });
  }
}

function printConstants(map: JsonCursor, writer: TextWriter): void {
  const carried = map.items('extension').filter((extension) => extension.text('url') === constantExtension);
  const constants = [
    ...map.items('const').map((constant) => ({ place: constant, name: constant.needed('name'), value: constant.member('value') })),
    ...carried.map((place) => {
      const part = (name: string): JsonCursor | undefined => place.items('extension').find((inner) => inner.text('url') === name);
      return { place, name: part('name')?.text('valueId') ?? '', value: part('value')?.member('valueString') ?? place.member('valueString') };
    }),
  ];
  if (constants.length > 0) writer.line();
  for (const { place, name, value } of constants) writer.part(place, () => { writer.line(`let ${quoteName(name)} = ${expressionOf(value)};`); });
}

function printGroup(group: JsonCursor, writer: TextWriter): void {
  group.only('name', 'extends', 'typeMode', 'documentation', 'input', 'rule');
  writer.line();
  writer.comment(group.text('documentation'));
  writer.part(group, () => {
    writer.write(`group ${quoteName(group.needed('name'))}(`);
    writer.list(group.items('input'), ', ', (input) => {
      input.only('name', 'type', 'mode', 'documentation');
      const type = input.text('type');
      writer.write(`${input.needed('mode')} ${quoteName(input.needed('name'))}${type === undefined ? '' : ` : ${quoteName(type)}`}`);
    });
    const base = group.text('extends');
    const mode = group.text('typeMode') ?? 'none';
    if (!Object.hasOwn(typeModes, mode)) group.member('typeMode').problem('The type mode of a group is none, types or type-and-types');
    writer.write(`)${base === undefined ? '' : ` extends ${quoteName(base)}`}${typeModes[mode] ?? ''} {\n`);
    writer.block(() => { for (const rule of group.items('rule')) printRule(rule, writer); });
    writer.line('}');
  });
}
