import type { Kind, Part } from '../../intake/types.ts';

/** `teamReferredTo` → the column's header; `teams.closureReason` → that of the other table; `person.PID.f5.c1` → `PID-5.1`; of records with versions the path in one of them. */
export function fieldAsSent(kind: Kind, part: Part, path: string): string {
  const main = part.readAs === undefined ? part : kind.parts.find(({ name }) => name === part.readAs);
  const [branch = '', name = ''] = path.split('.');
  const relation = main?.relations?.find(({ as }) => as === branch);
  const table = relation ? kind.parts.find((each) => each.name === relation.part) : main;
  const header = table?.columns?.find((column) => column.name === (relation ? name : path))?.header;
  if (header !== undefined) return header;
  const [, segment, field = '', component] = /(?:^|\.)([A-Z][A-Z0-9]{2})\.f(\d+)(?:\.c(\d+))?/.exec(path) ?? [];
  return segment === undefined ? path.replace(/^person\.versions\./, '') : `${segment}-${field}${component === undefined ? '' : `.${component}`}`;
}
