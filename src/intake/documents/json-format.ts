import { documentSchema } from '../mapping-schemas.ts';
import type { SourceFormat } from '../source-format.ts';
import type { DocumentSchema } from '../types.ts';
import { checkDocumentSchema } from './document-schema.ts';
import { readDocument } from './read-document.ts';
import { splitJson } from './split-json.ts';

/** JSON: one document is one row, or each element of the list that `rows` names. */
export const jsonFormat: SourceFormat = {
  extension: 'json',
  rows: 'records',
  schema: documentSchema,
  readSchema(content, report) {
    const document = content as DocumentSchema;
    checkDocumentSchema(document, report);
    return { document };
  },
  split: ({ part, text, most }) => splitJson(part, text, most),
  read: (_kind, _feed, part, row) => readDocument(part, row),
};
