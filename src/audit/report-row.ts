import { citizensOf } from './audit-entities.ts';
import type { AuditEntry } from './types.ts';

/** A row of a report: a name and a text for each column, always all of them. */
export type ReportRow = Readonly<Record<string, string>>;

/** An entry of the log as a row. Lists stand in one cell, their parts separated by a blank. */
export const entryColumns = [
  'at', 'entry', 'person', 'personName', 'role', 'organisation', 'organisationName', 'client', 'purpose', 'interaction', 'asked', 'outcome', 'status', 'code',
  'citizens', 'records', 'custodians', 'keptBack', 'permittedBy', 'deniedBy', 'choices', 'emergency', 'request',
] as const;

export function entryRow(entry: AuditEntry): Record<(typeof entryColumns)[number], string> {
  const { who, decisions, withheld } = entry;
  const by = (effect: 'permit' | 'deny'): string => [...new Set(decisions.filter((each) => each.effect === effect).map(sayRule))].join(' ');
  return {
    at: entry.at, entry: entry.id, person: who.person?.id ?? '', personName: who.person?.name ?? '', role: who.role ?? '', organisation: who.organisation ?? '', organisationName: who.organisationName ?? '',
    client: who.client, purpose: entry.purpose ?? '', interaction: entry.interaction, asked: entry.query, outcome: entry.outcome, status: String(entry.status), code: entry.code ?? '',
    citizens: citizensOf(entry).join(' '), records: String(entry.disclosed.length), custodians: entry.custodians.join(' '), keptBack: String(withheld.reduce((sum, { count }) => sum + count, 0)),
    permittedBy: by('permit'), deniedBy: by('deny'), choices: [...new Set(decisions.flatMap(({ choice }) => choice ?? []))].join(' '), emergency: (entry.emergency ?? []).join(' '), request: entry.request,
  };
}

/** `rule-4:bicp-early-intervention/1.0/4.1`, or the rule alone */
function sayRule({ rule, agreement, version, clause }: AuditEntry['decisions'][number]): string {
  return agreement === undefined ? `rule-${rule}` : `rule-${rule}:${agreement}/${version ?? ''}/${clause ?? ''}`;
}
