import { wordsOf } from '../../fhir/normalise-text.ts';
import { Refusal } from '../../fhir/problem.ts';
import type { SaidValues, SearchQuery } from '../../fhir/search-query.ts';
import type { OrganisationKey } from '../../fhir/sharing.ts';
import type { Database } from '../../store/database.ts';
import { findAgents } from '../../store/audit/find-agents.ts';
import type { AgentCondition } from '../../store/audit/search-audit.ts';

/** People and clients of the log looked at for a name, and how many may have it. */
const nameLimits = { looked: 20_000, matched: 200 };

/**
 * `agent`, `agent:identifier` and `agent-name` of a search of the log, each as what the log can be asked for. An
 * `agent:identifier` with a system is the organisation that asked, one without a person or client. Refuses a name that too
 * many people have.
 */
export async function askedAgents(database: Database, query: SearchQuery, seenBy: OrganisationKey | null): Promise<AgentCondition[]> {
  const said = query.clauses.flatMap((clause) => ('anyOf' in clause && clause.said?.parameter.startsWith('agent') && clause.said.parameter !== 'agent-role' ? [clause.said] : []));
  const conditions: AgentCondition[] = [];
  for (const each of said) conditions.push(await conditionOf(database, each, seenBy));
  return conditions;
}

async function conditionOf(database: Database, { kind, values }: SaidValues, seenBy: OrganisationKey | null): Promise<AgentCondition> {
  if (kind === 'reference') return { ids: values.map((value) => value.slice(value.indexOf('/') + 1)), organisations: [] };
  if (kind === 'identifier') return byIdentifier(values);
  const found = await findAgents(database, { named: (name) => values.some((value) => (kind === 'exact' ? name === value : hasWord(name, value))), seenBy, limits: nameLimits });
  if (found.kind === 'too-wide') throw new Refusal(tooWide);
  if (found.kind === 'agents-too-many') throw new Refusal(agentsTooMany);
  return { ids: found.ids, organisations: [] };
}

function byIdentifier(values: readonly string[]): AgentCondition {
  if (values.some((value) => value.endsWith('|'))) throw new Refusal(systemAlone);
  return {
    ids: values.filter((value) => value.indexOf('|') < 1).map((value) => value.replace('|', '')),
    organisations: values.filter((value) => value.indexOf('|') > 0),
  };
}

/** From any word of the name on: `obr` and `mary obr` are in "Mary O'Brien", `rien` is in neither of its words. */
function hasWord(name: string, beginning: string): boolean {
  const words = wordsOf(name);
  return words.some((_, from) => words.slice(from).join('').startsWith(beginning));
}

const tooWide = {
  category: 'invalid', code: 'search-too-wide', text: 'Too many people have a name that begins like this.', at: { field: 'agent-name' },
  expected: `a name of at most ${nameLimits.matched} people`, fix: 'Type more of the name, or search by agent.',
} as const;
const agentsTooMany = {
  category: 'unsupported', code: 'search-agents-too-many', text: 'The log names more people than can be searched by name.', at: { field: 'agent-name' },
  expected: `a log with at most ${nameLimits.looked} people and clients`, fix: 'Search by agent, with the person\'s id.',
} as const;
const systemAlone = {
  category: 'invalid', code: 'search-value-invalid', text: 'An identifier to search for has a system and no value.', at: { field: 'agent:identifier' },
  expected: 'system|value of an organisation, or the id of a person or client',
} as const;
