import type { SharingClass } from '../fhir/sharing.ts';
import { oversees } from './oversees.ts';
import type { Opened } from './opened-by.ts';
import type { ChoiceMade, ClassRule, ClauseReference, Decision, Grant, NoRule, NoticeMode, Refused, RegisteredAgreement, SharingNames } from './types.ts';

/**
 * The words of every decision, in one place: the audit log, the OperationOutcome of governance, the screens and the
 * citizen's access report say the same sentence. Sentences hold no person data and no category; what a requester is
 * told of withheld rows is `noticeFor`, never a sentence.
 */

/** Names of organisations and titles of agreements, as the agreements themselves give them. */
export function namesFrom(agreements: readonly RegisteredAgreement[]): SharingNames {
  return {
    organisations: new Map(agreements.flatMap(({ agreement }) => agreement.parties.map(({ organisation, name }) => [organisation, name] as const))),
    agreements: new Map(agreements.map(({ agreement }) => [`${agreement.id}/${agreement.version}`, agreement.title])),
  };
}

/** A class rule as one sentence: what opened the class, or why nothing does. */
export function describeRule(rule: ClassRule, names: SharingNames): { effect: 'permit' | 'deny'; sentence: string } {
  switch (rule.kind) {
    case 'own':
      return { effect: 'permit', sentence: 'An organisation sees the records it wrote itself.' };
    case 'oversight':
      return { effect: 'permit', sentence: `${cite(rule, names)} opens this for oversight of sharing.` };
    case 'open':
      return { effect: 'permit', sentence: `${cite(rule, names)} shares this with this role for this purpose.` };
    case 'explicit':
      return { effect: 'permit', sentence: `${cite(rule, names)} shares this with the person's explicit consent.` };
    case 'related': {
      const others = (rule.alternatives ?? []).map((other) => `; so does ${lowerFirst(cite(other, names))} with a live ${either(other.relationships)}`);
      const first = `${cite(rule, names)} shares this with an organisation that has a live ${either(rule.relationships)} for the person`;
      return { effect: 'permit', sentence: `${first}${others.join('')}${alsoWithConsent(rule.withConsent ?? [], names)}.` };
    }
    case 'none':
      return { effect: 'deny', sentence: whyClosed(rule, names) };
  }
}

/** The decision behind a row that was read: rule 1 or a clause. */
export function explainPermitted(rule: Exclude<ClassRule, NoRule>, names: SharingNames): Decision {
  const { sentence } = describeRule(rule, names);
  if (rule.kind === 'own') return { effect: 'permit', rule: 1, reason: 'own', sentence };
  const choice = rule.kind === 'explicit' ? rule.choice : undefined;
  return { effect: 'permit', rule: 4, reason: rule.kind === 'oversight' ? 'oversight' : 'clause', ...referenceIn(rule), sentence, ...(choice !== undefined && { choice }) };
}

/** The decision behind rows that one clause, or emergency access, opened. */
export function explainOpened(opened: Opened, names: SharingNames): Decision {
  return opened.kind === 'emergency' ? explainEmergency(opened) : explainPermitted(opened, names);
}

/** The decision behind rows of a class that were kept back, with how much the requester may be told of it. */
export function explainWithheld(
  grant: Grant, sharingClass: SharingClass, refused: ChoiceMade<Refused> | null, names: SharingNames,
): Decision & { notice: NoticeMode } {
  const rule: ClassRule = grant.rules.get(sharingClass.id) ?? { kind: 'none', reason: 'no-agreement', notice: 'none' };
  const notice = 'notice' in rule ? rule.notice : 'none';
  if (rule.kind === 'none' && sharingClass.labels.length > 0) return { ...deniedByRule(rule, 2, names), notice };
  if (refused && (rule.kind !== 'own' || refused.effect === 'declines') && !oversees(grant.role, grant.purpose, sharingClass.category)) return { ...deniedByChoice(refused.effect, refused.consent), notice };
  switch (rule.kind) {
    case 'none': return { ...deniedByRule(rule, 6, names), notice };
    case 'related': return { ...deniedForRelationship(rule, names), notice };
    case 'explicit': return { ...deniedForConsent(rule, names), notice };
    default: return { effect: 'deny', rule: 6, reason: 'stale', sentence: 'The permit no longer held when the record was read.', notice };
  }
}

/** Rule 2 or 6: no clause opens the class. */
export function deniedByRule(rule: NoRule, number: 2 | 6, names: SharingNames): Decision {
  return { effect: 'deny', rule: number, reason: rule.reason, ...referenceIn(rule), sentence: whyClosed(rule, names) };
}

/** Rule 3: an objection to sharing anything with anybody, an opt-out, or a choice about somebody like this requester or something like this. */
export function deniedByChoice(how: Refused, choice?: string): Decision {
  return { effect: 'deny', rule: 3, reason: 'choice', sentence: refusals[how], ...(choice !== undefined && { choice }) };
}

const refusals: Readonly<Record<Refused, string>> = {
  objects: 'The person has objected to their record being shared.',
  denies: 'The person has chosen not to share this with this requester.',
  declines: 'The person has opted out of their information being used for anything beyond their own care.',
};

/** Rule 5: emergency access was live; what it opened is in the entry of the look. */
export function explainEmergency(rule?: ClauseReference): Decision {
  return { effect: 'permit', rule: 5, reason: 'emergency', ...(rule && referenceIn(rule)), sentence: 'This person had emergency access to the record.' };
}

/** Rule 6: a clause covers the row, but the relationship it asks for is not there. */
export function deniedForRelationship(rule: ClauseReference & { relationships: readonly string[] }, names: SharingNames): Decision {
  const sentence = `${cite(rule, names)} asks for a live ${either(rule.relationships)}, and the gateway knows of none.`;
  return { effect: 'deny', rule: 6, reason: 'relationship', ...referenceIn(rule), sentence };
}

/** Rule 6: a clause covers the row, but only with a consent nobody recorded. */
export function deniedForConsent(rule: ClauseReference, names: SharingNames): Decision {
  const sentence = `${cite(rule, names)} asks for the person's explicit consent, and none is recorded.`;
  return { effect: 'deny', rule: 6, reason: 'consent', ...referenceIn(rule), sentence };
}

function alsoWithConsent(clauses: readonly ClauseReference[], names: SharingNames): string {
  return clauses.map((each) => `; so does ${lowerFirst(cite(each, names))} with the person's explicit consent`).join('');
}

function whyClosed(rule: NoRule, names: SharingNames): string {
  const clause = citeIfAny(rule, names);
  switch (rule.reason) {
    case 'unclassified': return 'Nobody has said yet what sort of information this is, so only its custodian sees it.';
    case 'no-agreement': return 'No agreement in force shares records of this custodian with this organisation.';
    case 'purpose': return `${clause} is the nearest, but does not cover this purpose of use.`;
    case 'category': return `No clause shares this sort of information with this organisation; the nearest is ${lowerFirst(clause)}.`;
    case 'role': return `${clause} shares this sort of information, but not with this role.`;
    case 'label': return `${clause} shares this sort of information, but does not name its sensitivity label.`;
    case 'unsigned': return `${clause} would share this, but not every party it names has signed.`;
    case 'lapsed': return `${clause} would have shared this, but that agreement is no longer in force.`;
  }
}

/** `Clause 4.1 of "Early intervention" (version 1.0)` */
function cite({ agreement, version, clause }: ClauseReference, names: SharingNames): string {
  return `Clause ${clause} of "${names.agreements.get(`${agreement}/${version}`) ?? agreement}" (version ${version})`;
}

function citeIfAny({ agreement, version, clause }: Partial<ClauseReference>, names: SharingNames): string {
  return agreement !== undefined && version !== undefined && clause !== undefined ? cite({ agreement, version, clause }, names) : 'A clause';
}

function referenceIn({ agreement, version, clause }: Partial<ClauseReference>): Partial<ClauseReference> {
  return agreement !== undefined && version !== undefined && clause !== undefined ? { agreement, version, clause } : {};
}

/** `episode, referral or care team` */
function either(kinds: readonly string[]): string {
  const words = kinds.map((kind) => kind.replace('-', ' '));
  return words.length < 2 ? (words[0] ?? 'relationship') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}
