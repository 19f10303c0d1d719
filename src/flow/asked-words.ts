import { interactionsTold, type AuditAction } from '../audit/audit-actions.ts';
import { gatewayIdentifier } from '../audit/audit-agents.ts';
import { Refusal } from '../fhir/problem.ts';
import type { SaidValues, SearchQuery } from '../fhir/search-query.ts';
import { searchParameterOf } from '../fhir/search-parameters.ts';

/** A search of the log beside who asked and when, as words its entries have. */
export interface AskedWords {
  /** of each list an entry has one word at least */
  words: string[][];
  /** citizens asked for as what an entry is about: their other ids count too */
  entities: { citizens: string[]; others: string[] }[];
}

/**
 * `action`, `subtype`, `outcome`, `purpose`, `agent-role`, `policy`, `entity` and `source` of a search of the log. What an
 * action or a subtype is called in FHIR is a set of interactions in the log. A code in another system is nobody's code.
 */
export function askedWords(query: SearchQuery): AskedWords {
  const said = query.clauses.flatMap((clause) => ('anyOf' in clause && clause.said ? [clause.said] : []));
  return {
    words: said.flatMap((each) => {
      const words = wordsOf(each);
      return words === 'everything' ? [] : [words];
    }),
    entities: said.flatMap((each) => (each.parameter === 'entity' ? [entityOf(each)] : [])),
  };
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
