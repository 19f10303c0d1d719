import { openJson } from '../documents/open-json.ts';
import type { SourceFormat } from '../source-format.ts';
import { bundleSchema, type BundleSchema } from './bundle-schema.ts';
import { expression } from './bundle-entries.ts';
import { readBundle } from './read-bundle.ts';
import { splitBundle } from './split-bundle.ts';

/** FHIR in JSON, STU3 or R4: one person's Bundle is one row. */
export const fhirFormat: SourceFormat = {
  extension: 'json',
  rows: 'Bundles',
  schema: bundleSchema,
  readSchema(content, { report }) {
    const bundle = content as BundleSchema;
    for (const [path, pointer] of [[bundle.changedAt, '/changedAt'] as const, ...Object.entries(bundle.keys ?? {}).map(([type, key]) => [key, `/keys/${type}`] as const)]) {
      if (path !== undefined && !isExpression(path)) report('This is not a FHIRPath expression.', pointer);
    }
    return { bundle };
  },
  split: splitBundle,
  open: openJson,
  messageIdAt: () => 'Bundle.id',
  read: (_kind, feed, part, row) => readBundle(feed, part, row),
};

function isExpression(path: string): boolean {
  try {
    expression(path)({}, {});
    return true;
  } catch {
    return false;
  }
}
