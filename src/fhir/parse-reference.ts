import { anyOf, invalid, readCodes, type ClauseRequest, type ParsedClause } from './clause-request.ts';
import { isAboutPerson } from './search-parameters.ts';
import type { SearchParameterRow } from './search-parameters.ts';
import { unescape } from './search-value.ts';

type ReferenceRow = Extract<SearchParameterRow, { kind: 'reference' }>;

interface Target {
  type: string | undefined;
  id: string;
}

/** Where only the person can be meant, the clause names citizens; else literal references and ids, or a canonical URL. */
export function parseReference(request: ClauseRequest, row: ReferenceRow): ParsedClause {
  const { modifier, type } = request;
  if (row.canonical) return canonicalClause(request);
  if (modifier === 'identifier') return identifierClause(request);
  if (modifier !== undefined && !row.targets.includes(modifier)) return 'unknown';
  const found: Target[] = [];
  for (const part of request.alternatives) {
    const target = readTarget(request, row, part);
    if ('problem' in target) return target;
    found.push(target);
  }
  if (isAboutPerson(type, row) || (type === 'AuditEvent' && row.name === 'patient')) return { clause: { citizen: found.map((target) => target.id) }, identifying: true };
  const identifying = found.some((target) => target.type === undefined || target.type === 'Patient' || target.type === 'RelatedPerson');
  const people = found.filter((target) => target.type === 'Patient' || (target.type === undefined && row.targets.includes('Patient'))).map(literal);
  return { clause: { ...anyOf(request, 'reference', found.map(literal)), ...(people.length > 0 && { people: { parameter: row.name, values: people } }) }, identifying };
}

function canonicalClause(request: ClauseRequest): ParsedClause {
  return request.modifier === undefined ? { clause: anyOf(request, 'uri', request.alternatives.map(unescape)), identifying: false } : 'unknown';
}

/** A logical reference: the identifier it is made by. */
function identifierClause(request: ClauseRequest): ParsedClause {
  const values = readCodes(request);
  if (!values) return invalid(request.row, 'search-value-invalid', 'A coded search value has more than one bar.', 'code or system|code');
  return { clause: anyOf(request, 'identifier', values), identifying: true };
}

function readTarget({ modifier, base }: ClauseRequest, row: ReferenceRow, part: string): Target | Extract<ParsedClause, { problem: unknown }> {
  const { targets } = row;
  const target = targetOf(unescape(part), base);
  if (target === 'foreign') return invalid(row, 'search-reference-foreign', 'A reference names another server.', 'an id, Type/id, or a URL under this base');
  const type = target?.type ?? modifier ?? (targets.length === 1 ? targets[0] : undefined);
  if (!target || (type !== undefined && !targets.includes(type)) || (modifier !== undefined && type !== modifier)) {
    const types = targets.length > 12 ? 'Type' : targets.join(', ');
    return invalid(row, 'search-value-invalid', 'A reference to search for is not one this parameter takes.', `an id or Type/id, with one of the types ${types}`);
  }
  return { type, id: target.id };
}

function literal({ type, id }: Target): string {
  return type === undefined ? id : `${type}/${id}`;
}

function targetOf(value: string, base: string | undefined): { type?: string; id: string } | 'foreign' | undefined {
  const own = base?.replace(/\/+$/, '');
  const relative = own !== undefined && value.startsWith(`${own}/`) ? value.slice(own.length + 1) : value;
  if (/^[A-Za-z][A-Za-z0-9+.-]*:/.test(relative)) return 'foreign';
  const parts = /^(?:([A-Z][A-Za-z]{1,63})\/)?([A-Za-z0-9.-]{1,64})$/.exec(relative);
  if (!parts?.[2]) return undefined;
  return { ...(parts[1] && { type: parts[1] }), id: parts[2] };
}
