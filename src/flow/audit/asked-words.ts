import { interactionsTold, type AuditAction } from '../../audit/audit-actions.ts';
import { gatewayIdentifier } from '../../audit/audit-agents.ts';
import { auditFacets, facetTypes, type AuditFacet } from '../../audit/audit-facets.ts';
import { Refusal } from '../../fhir/problem.ts';
import type { SaidValues, SearchQuery } from '../../fhir/search-query.ts';
import { searchParameterOf } from '../../fhir/search-parameters.ts';

/** A search of the log beside who asked and when, as words its entries have. */
export interface AskedWords {
  /** which of what an entry is, as `type` asks; several may not be asked for at once, null: nothing of this type is in the log */
  facet: AuditFacet | null;
  /** of each list an entry has one word at least */
  words: string[][];
  /** citizens asked for as what an entry is about: their other ids count too */
  entities: { citizens: string[]; others: string[] }[];
}

/**
 * `type`, `action`, `subtype`, `outcome`, `purpose`, `agent-role`, `policy`, `entity` and `source` of a search of the log. What an
 * action or a subtype is called in FHIR is a set of interactions in the log. A code in another system is nobody's code.
 */
export function askedWords(query: SearchQuery): AskedWords {
  const said = query.clauses.flatMap((clause) => ('anyOf' in clause && clause.said ? [clause.said] : []));
  const facet = askedFacet(said);
  return {
    facet,
    words: [
      ...said.flatMap((each) => {
        const words = wordsOf(each);
        return words === 'everything' ? [] : [words];
      }),
      ...(facet === 'disclosure' ? [['outcome 0'], interactions(({ moves }) => moves === 'out')] : facet === null ? [[]] : []),
    ],
    entities: said.flatMap((each) => (each.parameter === 'entity' ? [entityOf(each)] : [])),
  };
}

/** An entry is told as the request it was, or as what `type` asks for instead, which has no action or subtype that could be searched. */
function askedFacet(said: readonly SaidValues[]): AuditFacet | null {
  const types = said.filter(({ parameter }) => parameter === 'type');
  if (types.length === 0) return 'request';
  const [values, ...more] = types.map((each) => each.values);
  const [facet, ...others] = auditFacets.filter((each) => values?.some((value) => value === facetTypes[each].code || value === `${facetTypes[each].system}|${facetTypes[each].code}`));
  if (more.length > 0 || others.length > 0 || (facet !== undefined && facet !== 'request' && said.some(({ parameter }) => parameter === 'action' || parameter === 'subtype'))) {
    throw new Refusal({ category: 'invalid', code: 'search-value-invalid', text: 'The log is searched for events of one type at a time; disclosures and decisions by neither action nor subtype.', at: { field: 'type' }, expected: auditFacets.map((each) => facetTypes[each].code).join(', ') });
  }
  return facet ?? null;
}

function wordsOf(said: SaidValues): string[] | 'everything' {
  switch (said.parameter) {
    case 'action': return interactions(({ action }) => codesOf(said).includes(action));
    case 'subtype': return interactions(({ subtype }) => subtype.some(({ system, code }) => said.values.some((value) => value === code || value === `${system}|${code}`)));
    case 'outcome': case 'purpose': return codesOf(said).map((code) => `${said.parameter} ${code}`);
    case 'agent-role': return codesOf(said).map((code) => `role ${code}`);
    case 'policy': return said.values.map((value) => (said.kind === 'below' ? `below ${value.replace(/:$/, '')}` : `policy ${value}`));
    case 'source': return isThisGateway(said) ? 'everything' : [];
    default: return 'everything'; // who asked, and whom it was about, have columns of their own
  }
}

function interactions(told: (action: AuditAction) => boolean): string[] {
  return interactionsTold(told).map((interaction) => `interaction ${interaction}`);
}

/** Code systems of what the log says in codes. */
const systems: Readonly<Record<string, string>> = {
  'action': 'http://hl7.org/fhir/audit-event-action', 'outcome': 'http://hl7.org/fhir/audit-event-outcome',
  'purpose': 'http://terminology.hl7.org/CodeSystem/v3-ActReason', 'agent-role': 'https://fhir.bicp.example/CodeSystem/sharing-role',
};

/** The codes meant: alone, or in the system the element has. */
function codesOf({ parameter, values }: SaidValues): string[] {
  const system = systems[parameter];
  if (values.some((value) => value.endsWith('|'))) {
    throw new Refusal({ category: 'invalid', code: 'search-value-invalid', text: 'A coded search of the log has a system and no code.', at: { field: parameter }, expected: 'code or system|code' });
  }
  return values.flatMap((value) => (value.includes('|') ? (value.startsWith(`${system}|`) ? [value.slice(`${system}|`.length)] : []) : [value]));
}

/** The log has one source: the gateway itself, known by its identifier. */
function isThisGateway({ kind, values }: SaidValues): boolean {
  const { system, value } = gatewayIdentifier;
  return kind === 'identifier' && values.some((each) => each === value || each === `${system}|${value}`);
}

function entityOf({ values }: SaidValues): AskedWords['entities'][number] {
  const row = searchParameterOf('AuditEvent', 'entity');
  const targets = row?.kind === 'reference' ? row.targets : [];
  const references = values.flatMap((value) => (value.includes('/') ? [value] : targets.map((type) => `${type}/${value}`)));
  return { citizens: references.flatMap((each) => (each.startsWith('Patient/') ? [each.slice('Patient/'.length)] : [])), others: references.filter((each) => !each.startsWith('Patient/')) };
}
