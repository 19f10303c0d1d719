import { documentSchema } from '../mapping-schemas.ts';
import type { SourceFormat } from '../source-format.ts';
import type { DocumentSchema } from '../types.ts';
import { checkDocumentSchema } from './document-schema.ts';
import { openJson } from './open-json.ts';
import { readDocument } from './read-document.ts';
import { splitJson } from './split-json.ts';

/** JSON: one document is one row, or each element of the list that `rows` names. */
export const jsonFormat: SourceFormat = {
  extension: 'json',
  rows: 'records',
  schema: documentSchema,
  readSchema(content, { report }) {
    const document = content as DocumentSchema;
    if (document.namespaces) report('JSON has no namespaces.', '/namespaces');
    checkDocumentSchema(document, report);
    return { document };
  },
  split({ part, text, most }) {
    if (!part.document) throw new Error('a JSON part without a document schema');
    return splitJson(part.document, text, most);
  },
  read: (_kind, _feed, part, row) => readDocument(part, row, openJson),
};
