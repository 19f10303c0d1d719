import { documentSchema } from '../mapping-schemas.ts';
import type { SchemaTools, SourceFormat } from '../source-format.ts';
import type { DocumentSchema } from '../schema-types.ts';
import { checkDocumentSchema } from './document-schema.ts';
import { readDocument } from './read-document.ts';
import type { splitJson } from './split-json.ts';

interface Syntax {
  extension: string;
  /** what is wrong with a schema of this syntax that would be right of another */
  check: (document: DocumentSchema, report: SchemaTools['report']) => void;
  split: typeof splitJson;
  open: Parameters<typeof readDocument>[2];
}

/** A format whose rows are trees: the whole document is one, or each element that the schema's `rows` names. */
export function documentFormat({ extension, check, split, open }: Syntax): SourceFormat {
  return {
    extension,
    rows: 'records',
    schema: documentSchema,
    readSchema(content, { report }) {
      const document = content as DocumentSchema;
      check(document, report);
      checkDocumentSchema(document, report);
      return { document };
    },
    split({ part, text, most }) {
      if (!part.document) throw new Error('a part without a document schema');
      return split(part.document, text, most);
    },
    open,
    messageIdAt: ({ document }) => document?.messageId ?? '',
    read: (_kind, _feed, part, row) => readDocument(part, row, open),
  };
}
