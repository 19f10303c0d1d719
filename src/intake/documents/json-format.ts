import { documentFormat } from './document-format.ts';
import { openJson } from './open-json.ts';
import { splitJson } from './split-json.ts';

/** JSON: one document is one row, or each element of the list that `rows` names. */
export const jsonFormat = documentFormat({
  extension: 'json',
  check({ namespaces }, report) {
    if (namespaces) report('JSON has no namespaces.', '/namespaces');
  },
  split: splitJson,
  open: openJson,
});
