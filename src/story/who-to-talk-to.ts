import type { CareTeam, ContactPoint } from '@medplum/fhirtypes';
import { contactComment } from '../fhir/contact-comment.ts';
import { conceptsText, conceptText, hasCode, joinWords, namesOf, snomed } from './concept-words.ts';
import { ofType, say, type Statement } from './statement.ts';
import { witnessesOf, type StoryFacts } from './story-facts.ts';
import type { StoryRow } from './story-row.ts';

type Row<T> = StoryRow & { resource: T };

const coordinator = '768820003';

/** Whom to ring: coordinators first, then teams, services with care going on that no team speaks for, and the practice. */
export function whoToTalkTo(facts: StoryFacts): Statement[] {
  const teams = currentTeams(facts.rows);
  const members = teams.flatMap(membersOf);
  return [
    ...members.filter(({ code }) => code === 'coordinator'), ...members.filter(({ code }) => code !== 'coordinator'),
    ...servicesOf(facts, new Set(teams.map(({ custodian }) => custodian))), ...practicesOf(facts),
  ];
}

/** Teams whose work goes on, the newest first. */
export function currentTeams(rows: readonly StoryRow[]): Row<CareTeam>[] {
  const started = ({ resource: { period } }: Row<CareTeam>): string => period?.start ?? '';
  return ofType(rows, 'CareTeam').filter(({ resource: { status, period } }) => (status === 'active' || status === 'proposed' || status === undefined) && period?.end === undefined)
    .sort((a, b) => (started(a) < started(b) ? 1 : -1));
}

/** Each named member, or the team itself where nobody is named. The team's number is everybody's number. */
function membersOf(team: Row<CareTeam>): Statement[] {
  const { participant = [], name, managingOrganization, telecom } = team.resource;
  const phones = phonesText(telecom);
  const named = participant.filter(({ member }) => member?.display !== undefined && member.display !== name);
  if (named.length === 0) return [say('team', joinWords([name ?? 'A team without a name', ...namesOf(managingOrganization).filter((each) => each !== name), phones]), team)];
  return named.map(({ member, role }) => {
    const sort = role?.some((each) => hasCode(each, snomed, coordinator)) ? 'coordinator' : 'team-member';
    return say(sort, joinWords([member?.display, conceptsText(role)?.toLowerCase(), name ?? namesOf(managingOrganization)[0], phones]), team);
  });
}

/** Numbers to ring; `outOfHours`: those alone of which it is said in words that they are answered then, else all others. */
export function phonesText(points: readonly ContactPoint[] | undefined, outOfHours = false): string | undefined {
  const numbers = (points ?? []).filter((point) => isRung(point) && isOutOfHours(point) === outOfHours);
  return numbers.length === 0 ? undefined : numbers.map(({ value }) => value).join(' or ');
}

function isRung({ value, use, system }: ContactPoint): boolean {
  return value !== undefined && use !== 'old' && (system === undefined || system === 'phone' || system === 'sms');
}

function isOutOfHours({ extension }: ContactPoint): boolean {
  return extension?.some(({ url, valueString }) => url === contactComment && /\bout[ -]of[ -]hours\b/i.test(valueString ?? '')) ?? false;
}

/** A service no team speaks for is rung at its organisation. */
function servicesOf({ rows, phonesOf }: StoryFacts, spokenFor: ReadonlySet<string>): Statement[] {
  return ofType(rows, 'EpisodeOfCare').filter(({ resource, custodian }) => resource.status === 'active' && !spokenFor.has(custodian)).map((row) => {
    const { type, managingOrganization, careManager } = row.resource;
    return say('service', joinWords([conceptText(type?.[0]), careManager?.display, managingOrganization?.display ?? row.custodianName, ...phonesOf(managingOrganization?.reference)]), row);
  });
}

function practicesOf(facts: StoryFacts): Statement[] {
  return (facts.patient.generalPractitioner ?? []).map((who) => {
    const name = who.display ?? who.identifier?.value ?? 'not named';
    return say('practice', who.type === 'Organization' || who.reference?.startsWith('Organization/') ? joinWords([`Registered with ${name}`, ...facts.phonesOf(who.reference)]) : `General practitioner: ${name}`, ...witnessesOf(facts, who.id ?? ''));
  });
}
