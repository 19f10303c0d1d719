import { documentSchema } from '../mapping-schemas.ts';
import type { SourceFormat } from '../source-format.ts';
import type { DocumentSchema } from '../types.ts';
import { checkDocumentSchema } from './document-schema.ts';
import { openXml } from './open-xml.ts';
import { readDocument } from './read-document.ts';
import { splitXml } from './split-xml.ts';

/** XML: the document's root is one row, or each element that `rows` names. `XmlTree` says what a map reads. */
export const xmlFormat: SourceFormat = {
  extension: 'xml',
  rows: 'records',
  schema: documentSchema,
  readSchema(content, { report }) {
    const document = content as DocumentSchema;
    if (!document.namespaces) report('An XML kind lists the namespaces its elements may be in ("" for none).', '/namespaces');
    checkDocumentSchema(document, report);
    return { document };
  },
  split({ part, text, most }) {
    if (!part.document) throw new Error('an XML part without a document schema');
    return splitXml(part.document, text, most);
  },
  read: (_kind, _feed, part, row) => readDocument(part, row, openXml),
};
