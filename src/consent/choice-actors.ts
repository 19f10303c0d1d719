import type { CodeableConcept, ConsentProvisionActor, Reference } from '@medplum/fhirtypes';
import type { Problem } from '../fhir/problem.ts';
import { sharingRoles, type OrganisationKey, type SharingRole } from '../fhir/sharing.ts';
import { contradictory, listed, notSupported, pointerTo } from './choice-problems.ts';
import { oversightRoles } from './oversees.ts';
import type { ChoiceLimits } from './types.ts';

const sharingRole = 'https://fhir.bicp.example/CodeSystem/sharing-role';
const participation = 'http://terminology.hl7.org/CodeSystem/v3-ParticipationType';
/** Whoever wrote something keeps it: author and custodian are the same organisation here. */
const owning = ['CST', 'AUT'];
const careRoles: readonly SharingRole[] = sharingRoles.filter((role) => !oversightRoles.includes(role));
const roleForm = {
  expected: `IRCP (who asks), CST or AUT (whose information) of ${participation}, or one of ${careRoles.join(', ')} of ${sharingRole}`,
  fix: 'Say IRCP for an organisation that asks, CST or AUT for one whose information is meant, or one role of its people for each actor.',
};
const organisationForm = {
  expected: 'an Organization by identifier: {"type": "Organization", "identifier": {"system": …, "value": …}}',
  fix: 'Name the organisation by an identifier, such as its ODS code under https://fhir.nhs.uk/Id/ods-organization-code.',
};

/** A recipient with the role its people ask in, if one is named; or a custodian. */
interface Actor {
  kind: 'recipient' | 'custodian';
  role: SharingRole | undefined;
  organisation: OrganisationKey;
}

/**
 * Whom the actors of one provision limit it to: recipients together, custodians together, and where both are named both hold.
 * Organisations with roles must combine freely, because limits hold side by side: nurses of one organisation and doctors of
 * another in one provision would reach the doctors of the first too, so that is refused.
 */
export function choiceActors(actors: readonly ConsentProvisionActor[] | undefined, pointer: string, problems: Problem[]): Pick<ChoiceLimits, 'organisations' | 'roles' | 'custodians'> {
  const read = listed(actors, pointer, problems).map((actor, i) => readActor(actor, pointerTo(pointer, i), problems)).filter((actor) => actor !== undefined);
  const recipients = read.filter(({ kind }) => kind === 'recipient');
  const organisations = distinct(recipients.map(({ organisation }) => organisation));
  const roles = distinct(recipients.map(({ role }) => role));
  const pairs = distinct(recipients.map(({ organisation, role }) => JSON.stringify([organisation, role])));
  if (pairs.length !== organisations.length * roles.length || (roles.length > 1 && roles.includes(undefined))) {
    problems.push(notSupported(pointer, {
      text: 'The actors pair organisations with roles that do not hold for all of them.', expected: 'every organisation with every role named, or organisations only',
      fix: 'Give each organisation with roles of its own a nested provision of its own.',
    }));
  }
  const named = roles.filter((role) => role !== undefined);
  const custodians = distinct(read.filter(({ kind }) => kind === 'custodian').map(({ organisation }) => organisation));
  return { ...(organisations.length > 0 && { organisations }), ...(named.length > 0 && { roles: named }), ...(custodians.length > 0 && { custodians }) };
}

function readActor(actor: ConsentProvisionActor, pointer: string, problems: Problem[]): Actor | undefined {
  for (const key of Object.keys(actor).filter((each) => !['id', 'extension', 'modifierExtension', 'role', 'reference'].includes(each))) {
    problems.push(notSupported(pointerTo(pointer, key), { text: 'This part of an actor is not understood.', expected: 'role and reference', fix: 'Leave it out.' }));
  }
  const role = readRole(actor.role, pointerTo(pointer, 'role'), problems);
  const organisation = readOrganisation(actor.reference, pointerTo(pointer, 'reference'), problems);
  return role && organisation !== undefined ? { ...role, organisation } : undefined;
}

/** Codings of other systems are taken for translations; in a system that is known every code must be understood. */
function readRole(concept: CodeableConcept | undefined, pointer: string, problems: Problem[]): Omit<Actor, 'organisation'> | undefined {
  const codes = (system: string): string[] => (concept?.coding ?? []).filter((coding) => coding.system === system).map(({ code }) => code ?? '');
  const parts = distinct(codes(participation));
  const roles = distinct(codes(sharingRole));
  if (roles.some((role) => oversightRoles.some((oversight) => oversight === role))) {
    problems.push(notSupported(pointer, { text: 'This role watches over sharing and sees no care information; no choice reaches it.', ...roleForm }));
    return undefined;
  }
  const known = careRoles.filter((role) => roles.includes(role));
  if (parts.length + roles.length === 0 || known.length < roles.length || parts.some((part) => part !== 'IRCP' && !owning.includes(part))) {
    problems.push(notSupported(pointer, { text: 'The gateway does not know the role of this actor.', ...roleForm }));
    return undefined;
  }
  const owns = parts.some((part) => owning.includes(part));
  if (known.length > 1 || (owns && (parts.includes('IRCP') || known.length > 0))) {
    problems.push(contradictory(pointer, { text: 'The actor has several roles at once.', ...roleForm }));
    return undefined;
  }
  return { kind: owns ? 'custodian' : 'recipient', role: known[0] };
}

/** The key of an organisation named by identifier; whatever else names it is a problem. */
export function readOrganisation(reference: Reference | undefined, pointer: string, problems: Problem[]): OrganisationKey | undefined {
  const finding = unreadable(reference);
  if (finding !== undefined) problems.push(notSupported(finding.member ? pointerTo(pointer, finding.member) : pointer, { text: finding.text, ...organisationForm }));
  return finding === undefined ? `${reference?.identifier?.system}|${reference?.identifier?.value}` : undefined;
}

function unreadable(reference: Reference | undefined): { member?: keyof Reference; text: string } | undefined {
  if (!reference) return { text: 'The actor names nobody.' };
  if (typeof reference.reference === 'string' && reference.reference.startsWith('#')) return { member: 'reference', text: 'An actor that is only contained in the Consent is not known to the gateway.' };
  if (reference.reference !== undefined) return { member: 'reference', text: 'An actor is not found by its id here: ids of organisations are the gateway’s own.' };
  if (reference.type !== undefined && reference.type !== 'Organization') return { member: 'type', text: 'Only organisations can be named as actors, not persons or teams.' };
  const { system, value } = reference.identifier ?? {};
  if (uri.test(system ?? '') && identifierValue.test(value ?? '')) return undefined;
  return { ...(reference.identifier && { member: 'identifier' as const }), text: 'The actor has no identifier with system and value, each in one line.' };
}

/** The key of an organisation is `system|value`, and keys are stored as lines: neither may be broken from within. */
const uri = /^[^\s|]+$/;
const identifierValue = /^[^\s\p{Cc}](?:[^\p{Cc}\u2028\u2029]*[^\s\p{Cc}])?$/u;

function distinct<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
