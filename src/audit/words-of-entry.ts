import { agreementUrn } from './audit-agents.ts';
import { citizensOf } from './audit-entities.ts';
import { outcomeOf } from './audit-event.ts';
import type { AuditEntry } from './types.ts';

/**
 * What an entry is searched by, from what it says: the database makes the same of its text (src/store/schema/audit-words.ts), and
 * is checked by this. Each once.
 */
export function wordsOfEntry(entry: AuditEntry): string[] {
  const { interaction, purpose, emergency = [], who: { role, token }, disclosed, decisions } = entry;
  const one = (kind: string, value: string | undefined): string[] => (value === undefined || value === '' ? [] : [`${kind} ${value}`]);
  return [...new Set([
    ...one('interaction', interaction), `outcome ${outcomeOf(entry)}`, ...one('purpose', purpose), ...(emergency.length > 0 ? ['purpose BTG'] : []), ...one('role', role),
    ...(token === undefined || token === '' ? [] : [`policy urn:ietf:params:oauth:jti:${token}`]),
    ...citizensOf(entry).map((citizen) => `entity Patient/${citizen}`),
    ...disclosed.map((version) => `entity ${version.split('/_history/')[0] ?? ''}`),
    ...decisions.flatMap((decision) => (decision.agreement === undefined ? [] : clauseWords(decision.agreement, decision.version, decision.clause))),
  ])];
}

function clauseWords(agreement: string, version = '', clause = ''): string[] {
  const whole = [agreementUrn, agreement, version, clause].join(':');
  return [`below ${agreementUrn}:${agreement}`, `below ${agreementUrn}:${agreement}:${version}`, `below ${whole}`, `policy ${whole}`];
}
