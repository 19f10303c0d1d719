import { documentFormat } from './document-format.ts';
import { openXml } from './open-xml.ts';
import { splitXml } from './split-xml.ts';

/** XML: the document's root is one row, or each element that `rows` names. `XmlTree` says what a map reads. */
export const xmlFormat = documentFormat({
  extension: 'xml',
  check({ namespaces }, report) {
    if (!namespaces) report('An XML kind lists the namespaces its elements may be in ("" for none).', '/namespaces');
  },
  split: splitXml,
  open: openXml,
});
