import type { CareTeam, ContactPoint, Patient } from '@medplum/fhirtypes';
import { formatConcept, formatContactUse, formatName, formatPeriod, instantOf, notRecorded } from '../format.ts';
import { strings } from '../strings.ts';
import { ofType, type Story } from './story.ts';
import { teamFirst } from './title-of.ts';

export interface Phone {
  /** exactly as recorded */
  number: string;
  use: string | undefined;
}

/** Somebody to ring: the name, in which role, for whom, by which numbers. */
export interface ContactView {
  key: string;
  name: string;
  role: string;
  organisation: string | undefined;
  phones: Phone[];
}

export interface WhoToTalkTo {
  teams: ContactView[];
  organisations: ContactView[];
  practice: ContactView[];
  family: ContactView[];
  /** teams whose work has ended */
  earlier: ContactView[];
}

const words = strings.person.who;

export function whoToTalkTo(story: Story): WhoToTalkTo {
  const teams = ofType(story, 'CareTeam').filter(({ status }) => status !== 'entered-in-error')
    .sort((a, b) => (instantOf(b.period?.start) ?? 0) - (instantOf(a.period?.start) ?? 0));
  return {
    teams: teams.filter(isCurrent).flatMap(membersOf),
    organisations: organisationsOf(story),
    practice: practiceOf(story),
    family: (story.patient?.contact ?? []).map(relativeOf),
    earlier: teams.filter((team) => !isCurrent(team)).flatMap((team) => membersOf(team).map((member) => ({ ...member, role: `${member.role}, ${formatPeriod(team.period)}` }))),
  };
}

function isCurrent({ status, period }: CareTeam): boolean {
  return (status === 'active' || status === 'proposed' || status === undefined) && period?.end === undefined;
}

/** Each named member, or the team itself where nobody is named. The team's number is everybody's number. */
function membersOf(team: CareTeam): ContactView[] {
  const organisation = [...new Set([...(team.name === undefined ? [] : [team.name]), ...teamFirst(team.managingOrganization)])].join(', ');
  const phones = phonesOf(team.telecom);
  const named = (team.participant ?? []).filter(({ member }) => member?.display !== undefined);
  if (named.length === 0) return [{ key: `team-${team.id ?? ''}`, name: team.name ?? words.unnamedTeam, role: words.team, organisation: teamFirst(team.managingOrganization).find((name) => name !== team.name), phones }];
  return named.map(({ member, role }, at) => ({
    key: `team-${team.id ?? ''}-${at}`, name: member?.display ?? '', organisation, phones,
    role: (role ?? []).map((concept, index) => (index === 0 ? formatConcept(concept) : formatConcept(concept).toLowerCase())).join(', ') || words.member,
  }));
}

/** Organisations with active care, by the switchboard the directory knows. */
function organisationsOf(story: Story): ContactView[] {
  const what = new Map<string, string[]>();
  for (const { status, managingOrganization, type } of ofType(story, 'EpisodeOfCare')) {
    if (status !== 'active' || managingOrganization?.reference === undefined) continue;
    what.set(managingOrganization.reference, [...(what.get(managingOrganization.reference) ?? []), formatConcept(type?.[0])]);
  }
  return [...what].flatMap(([reference, services]) => {
    const organisation = story.organisations.find(({ id }) => `Organization/${id ?? ''}` === reference);
    return organisation ? [{ key: reference, name: organisation.name ?? notRecorded, role: words.providing(services.join(', ')), organisation: undefined, phones: phonesOf(organisation.telecom) }] : [];
  });
}

function practiceOf({ patient, organisations }: Story): ContactView[] {
  const given = patient?.generalPractitioner ?? [];
  const practice = given.find(({ type, reference }) => type === 'Organization' || reference?.startsWith('Organization/'));
  const doctor = given.find((reference) => reference !== practice);
  if (practice === undefined && doctor === undefined) return [];
  const known = organisations.find(({ id }) => practice?.reference === `Organization/${id ?? ''}`);
  return [{
    key: 'practice', name: practice?.display ?? known?.name ?? words.practiceNotNamed, organisation: undefined,
    role: doctor?.display === undefined ? words.practice : `${words.practice}, ${doctor.display}`, phones: phonesOf((known)?.telecom),
  }];
}

function relativeOf(contact: NonNullable<Patient['contact']>[number], at: number): ContactView {
  const relation = contact.relationship?.map((concept) => formatConcept(concept)).filter((text) => text !== notRecorded) ?? [];
  const role = relation.at(-1) ?? words.contact;
  return { key: `contact-${at}`, name: formatName(contact.name), role: role.charAt(0).toUpperCase() + role.slice(1), organisation: contact.organization?.display, phones: phonesOf(contact.telecom) };
}

export function phonesOf(points: readonly ContactPoint[] | undefined): Phone[] {
  return (points ?? []).filter(({ system, value, use }) => value !== undefined && use !== 'old' && (system === undefined || system === 'phone' || system === 'sms'))
    .map(({ value, use }) => ({ number: value ?? '', use: formatContactUse(use) }));
}
