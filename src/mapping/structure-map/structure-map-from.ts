import type { JsonObject } from '../../fhir/json.ts';
import type { ConceptMapSyntax, GroupSyntax, MapSyntax } from '../map-syntax.ts';
import { relationships } from '../relationships.ts';
import { listOf, textOf } from './members.ts';
import { metadataOf } from './metadata-from.ts';
import { expressionFrom, ruleFrom } from './rule-from.ts';
import { constantExtension } from './vocabulary.ts';

const typeModes = { types: 'types', 'type+': 'type-and-types' };

/** The StructureMap (R4) of a map. What R4 has no element for is carried by extensions (see `vocabulary.ts`), so that nothing is lost. */
export function structureMapFrom(syntax: MapSyntax): JsonObject {
  const { url = '', name = '', uses, imports, constants, conceptMaps, groups } = syntax;
  return {
    resourceType: 'StructureMap',
    ...metadataOf(syntax.metadata),
    ...listOf('extension', constants.map((constant) => ({
      url: constantExtension,
      extension: [{ url: 'name', valueId: constant.name }, { url: 'value', valueString: expressionFrom(constant.value, syntax.text) }],
    }))),
    ...listOf('contained', conceptMaps.map(conceptMapFrom)),
    url,
    name,
    ...listOf('structure', uses.map((use) => ({ url: use.url, mode: use.mode, ...textOf('alias', use.alias), ...textOf('documentation', use.documentation) }))),
    ...listOf('import', imports.map((other) => other.url)),
    group: groups.map((group) => groupFrom(group, syntax.text)),
  };
}

function groupFrom(group: GroupSyntax, text: string): JsonObject {
  return {
    name: group.name,
    ...textOf('extends', group.extends?.name),
    typeMode: group.typeMode ? typeModes[group.typeMode] : 'none',
    ...textOf('documentation', group.documentation),
    input: group.parameters.map(({ name, type, mode }) => ({ name, ...textOf('type', type), mode })),
    ...listOf('rule', group.rules.map((rule) => ruleFrom(rule, text))),
  };
}

/** Entries with one pair of systems are one group, entries of one code one element, both in the order they begin. */
function conceptMapFrom({ id, provided, entries }: ConceptMapSyntax): JsonObject {
  const groups = new Map<string, { systems: JsonObject; elements: Map<string, JsonObject[]> }>();
  const targetOf = new Map(entries.filter(({ system }) => system !== '').map((entry) => [entry.sourceSystem, entry.system]));
  for (const { sourceSystem, source, relationship, system, code } of entries) {
    const target = relationship === '--' ? (targetOf.get(sourceSystem) ?? '') : system;
    const key = JSON.stringify([sourceSystem, target]);
    const group = groups.get(key) ?? { systems: { source: sourceSystem, ...(target === '' ? {} : { target }) }, elements: new Map<string, JsonObject[]>() };
    groups.set(key, group);
    const targets = group.elements.get(source) ?? [];
    group.elements.set(source, targets);
    const equivalence = relationships.find(({ symbol }) => symbol === relationship)?.equivalence ?? 'disjoint';
    targets.push({ ...(relationship === '--' ? {} : { code }), equivalence });
  }
  return {
    resourceType: 'ConceptMap',
    id,
    status: 'draft',
    ...listOf('group', [...groups.values()].map(({ systems, elements }) => ({
      ...systems,
      element: [...elements].map(([code, target]) => ({ code, target })),
      ...(provided ? { unmapped: { mode: 'provided' } } : {}),
    }))),
  };
}
