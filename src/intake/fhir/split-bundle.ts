import { isJsonObject, textOf, type JsonObject } from '../../fhir/json.ts';
import { readJson } from '../../fhir/read-json.ts';
import { readXml } from '../../fhir/xml/read-xml.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { SourceText } from '../source-format.ts';
import type { SplitRow } from '../types.ts';
import { entriesOf, objectsIn, personKeyOf } from './bundle-entries.ts';
import type { BundleSchema } from './bundle-schema.ts';
import { bundleProblems } from './check-bundle.ts';

const deepest = 64;
const mostValues = 2_000_000;
const mostElements = 500_000;

/**
 * A FHIR text as its rows: one Bundle is one row; a page of a search is a row for each Bundle on it, a batch a row for
 * each entry. R4 may come as XML as well. What is no Bundle, of another type or too large is refused whole. An empty page has no rows.
 */
export function splitBundle({ feed, part, text, most }: SourceText): { rows: SplitRow[]; problems: Problem[] } {
  const { bundle: schema } = part;
  if (!schema) throw new Error('a FHIR part without a bundle schema');
  const read = readText(text, schema);
  if ('problem' in read) return { rows: [], problems: [read.problem] };
  const problems = bundleProblems(read.value, schema);
  if (problems.length > 0) return { rows: [], problems };
  const rowOf = (bundle: JsonObject, index: number): SplitRow => {
    const id = textOf(bundle['id']);
    const personKey = personKeyOf(entriesOf(bundle, schema, feed), schema, feed);
    return { row: index + 1, line: 1, content: JSON.stringify(bundle), personKey, ...(schema.messageIds === true && id !== '' && { messageId: id }) };
  };
  return { rows: cut(read.value, schema).slice(0, most).map(rowOf), problems: [] };
}

/** The definitions that XML is read by are those of R4. */
function readText(text: string, { version }: BundleSchema): ReturnType<typeof readJson> {
  const bytes = new TextEncoder().encode(text);
  const maxBytes = Number.MAX_SAFE_INTEGER;
  if (version === 'R4' && text.trimStart().startsWith('<')) return readXml(bytes, { maxBytes, maxDepth: deepest, maxElements: mostElements });
  return readJson(bytes, { maxBytes, maxDepth: deepest, maxEntries: mostValues });
}

function cut(bundle: JsonObject, { pages }: BundleSchema): JsonObject[] {
  if (pages === undefined || bundle['type'] !== pages) return [bundle];
  const entries = objectsIn(bundle['entry']);
  if (pages === 'batch') return entries.map((entry) => ({ resourceType: 'Bundle', type: 'batch', entry: [entry] }));
  return entries.flatMap(({ resource }) => (isJsonObject(resource) ? [resource] : []));
}
