import type { Json, JsonObject } from '../../fhir/json.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import { GuardedXml, isDeclaration } from '../../fhir/xml/guarded-xml.ts';
import { isOwnNamespace, parseXml, xmlLimits } from '../documents/parse-xml.ts';
import { draftRecords } from './draft-records.ts';
import type { SchemaDraft } from './draft-schema.ts';
import { fieldPath } from './field-path.ts';

/** An XML sample: the records are the elements below its root that repeat, or the only ones there; else the root is the record. */
export function draftXml(text: string): SchemaDraft | { problem: Problem } {
  const found = namespacesIn(text);
  if ('problem' in found) return found;
  const parsed = parseXml(text, found.namespaces);
  if ('problem' in parsed) return parsed;
  const [[name, roots] = ['', []]] = Object.entries(parsed.tree) as [string, JsonObject[]][];
  const [root = {}] = roots;
  const lists = Object.entries(root).flatMap(([child, value]): [string, JsonObject[]][] => (Array.isArray(value) && hasChildren(value) ? [[child, value as JsonObject[]]] : []));
  const list = lists.find(([, elements]) => elements.length > 1) ?? (lists.length === 1 && Object.keys(root).length === 1 ? lists[0] : undefined);
  const { namespaces } = found;
  return list ? draftRecords('xml', list[1], { rows: fieldPath(fieldPath('', name), list[0]), namespaces }) : draftRecords('xml', [root], { namespaces });
}

/** Elements that hold others: a record, and not one field of it. */
function hasChildren(elements: readonly Json[]): boolean {
  return elements.some((element) => Object.values(element as JsonObject).some((value) => Array.isArray(value)));
}

/** The namespaces of its elements and attributes, `` for none. */
function namespacesIn(text: string): { namespaces: string[] } | { problem: Problem } {
  const namespaces = new Set<string>();
  try {
    new GuardedXml(text, xmlLimits).read({
      element: ({ uri, attributes }) => {
        namespaces.add(uri);
        for (const attribute of Object.values(attributes)) if (!isDeclaration(attribute) && !isOwnNamespace(attribute.uri)) namespaces.add(attribute.uri);
      },
      end: () => undefined, text: () => undefined,
    });
  } catch (error) {
    if (error instanceof Refusal && error.problems[0]) return { problem: error.problems[0] };
    throw error;
  }
  return { namespaces: [...namespaces] };
}
