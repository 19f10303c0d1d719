import type { Kind, Part } from '../../intake/types.ts';

/** `teamReferredTo` → the column's header; `teams.closureReason` → that of the other table; `person.PID.f5.c1` → `PID-5.1`; of records with versions the path in one of them. */
export function fieldAsSent(kind: Kind, part: Part, path: string): string {
  const main = part.readAs === undefined ? part : kind.parts.find(({ name }) => name === part.readAs);
  const [branch = '', name = ''] = path.split('.');
  const relation = main?.relations?.find(({ as }) => as === branch);
  const table = relation ? kind.parts.find((each) => each.name === relation.part) : main;
  const header = table?.columns?.find((column) => column.name === (relation ? name : path))?.header;
  if (header !== undefined) return header;
  const meant = fieldMeant(kind, part, path);
  if (meant !== undefined) return meant;
  const [, segment, field = '', component] = /(?:^|\.)([A-Z][A-Z0-9]{2})\.f(\d+)(?:\.c(\d+))?/.exec(path) ?? [];
  return segment === undefined ? path.replace(/^person\.versions\./, '') : `${segment}-${field}${component === undefined ? '' : `.${component}`}`;
}

/** Of a name the gateway gives in the tree, the field that is meant: `person.key` → the column with the sender's id of the person, `PID-3`, a path. */
export function fieldMeant(kind: Kind, part: Part, path: string): string | undefined {
  const main = kind.parts.find(({ name }) => name === part.readAs) ?? part;
  const { columns, messages, document } = main;
  if (columns) return path === 'person' || path === 'person.key' ? personColumn(main) : undefined;
  if (document) return path === 'person.key' && (document.fold ?? document.versions) ? document.personKey : path === `${document.fold?.name ?? ''}.number` ? document.fold?.id : undefined;
  if (!messages) return undefined;
  const { name, id, account } = messages.about;
  return path === 'person.key' ? 'PID-3' : path === `${name}.number` ? id : path === `${name}.account` ? account : undefined;
}

/** Where a row says whose it is; undefined where its place in a tree tells that. */
export function personKeyField(kind: Kind, part: Part): string | undefined {
  return part.document?.personKey ?? fieldMeant(kind, part, 'person.key');
}

/** Of a table without a person key the column that names the row whose person it is. */
function personColumn({ columns = [], relations = [] }: Part): string | undefined {
  const [by] = relations.find(({ rows, by: names, fills }) => rows === 'one' && names.length > 0 && fills === undefined)?.by ?? [];
  return (columns.find(({ personKey }) => personKey) ?? columns.find(({ name }) => name === by))?.header;
}
