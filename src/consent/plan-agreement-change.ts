import type { Problem } from '../fhir/problem.ts';
import type { OrganisationKey } from '../fhir/sharing.ts';
import { agreementState } from './agreement-state.ts';
import type { Agreement, RegisteredAgreement } from './types.ts';
import { missingSignatures, waitingClauses } from './waiting-clauses.ts';

/** What a change does to the register. `ends` says when versions in force cease; an earlier end of theirs stays. */
export interface AgreementChange {
  signature?: { sha256: string; organisation: OrganisationKey; signatory: string };
  activate?: { version: string };
  ends: { version: string; at: Date }[];
}

export type AgreementPlan = { change: AgreementChange } | { problem: Problem };

/** Every version of one agreement in the register, and the version the change is about. */
export interface PlanInput {
  versions: readonly RegisteredAgreement[];
  version: string;
  now: Date;
}

/** A party signs the content it names by hash; once, and not what is over. */
export function planSigning(input: PlanInput, signing: { sha256: string; organisation: OrganisationKey; signatory: string }): AgreementPlan {
  const registered = find(input);
  if (!registered) return { problem: unknown };
  const { agreement, signedBy } = registered;
  if (agreement.sha256 !== signing.sha256) return { problem: edited(agreement) };
  const over = overOf(registered, input.now);
  if (over) return { problem: over };
  if (!agreement.parties.some(({ organisation }) => organisation === signing.organisation)) {
    return { problem: { category: 'unprocessable', code: 'agreement-not-a-party', text: `Agreement ${nameOf(agreement)} has no such party.`,
      expected: `one of ${agreement.parties.map(({ organisation }) => organisation).join(', ')}` } };
  }
  if (signedBy.includes(signing.organisation)) {
    return { problem: { category: 'conflict', code: 'agreement-already-signed', text: `This party has signed agreement ${nameOf(agreement)} already.`, fix: 'Nothing has to be done.' } };
  }
  return { change: { signature: signing, ends: [] } };
}

/**
 * Puts a version in force, from now or from the first day of its period. At least one clause must be signed by every
 * party it names; the others share nothing until theirs have signed, which needs no second activation.
 * The version in force before it ends at that moment, so that there is neither a gap nor a day with both.
 */
export function planActivation(input: PlanInput): AgreementPlan {
  const registered = find(input);
  if (!registered) return { problem: unknown };
  const { agreement } = registered;
  const over = overOf(registered, input.now);
  if (over) return { problem: over };
  if (registered.activatedAt !== null) {
    return { problem: { category: 'conflict', code: 'agreement-already-active', text: `Agreement ${nameOf(agreement)} has been activated already.`, fix: 'Nothing has to be done.' } };
  }
  if (waitingClauses(registered).length === agreement.clauses.length) {
    const missing = missingSignatures(registered).map(({ name, organisation }) => `${name} (${organisation})`).join(', ');
    return { problem: { category: 'conflict', code: 'agreement-not-signed', text: `No clause of agreement ${nameOf(agreement)} is signed by every party it names. It is not signed by ${missing}.`,
      expected: 'at least one clause that every party it names has signed' } };
  }
  const standing = input.versions.filter((each) => each !== registered && each.activatedAt !== null && !hasEnded(each, input.now));
  const newer = standing.find((each) => compareVersions(each.agreement.version, agreement.version) > 0);
  if (newer) {
    return { problem: { category: 'conflict', code: 'agreement-version-older', text: `Version ${newer.agreement.version} of the agreement has been activated, which is newer than ${agreement.version}.`,
      fix: 'Propose the older text as a new version.' } };
  }
  const at = new Date(Math.max(input.now.getTime(), agreement.period.start.getTime()));
  return { change: { activate: { version: agreement.version }, ends: standing.map((each) => ({ version: each.agreement.version, at })) } };
}

/** Ends a version at once and for good. */
export function planTermination(input: PlanInput): AgreementPlan {
  const registered = find(input);
  if (!registered) return { problem: unknown };
  const over = overOf(registered, input.now);
  if (over) return { problem: over };
  if (registered.activatedAt === null) {
    return { problem: { category: 'conflict', code: 'agreement-not-active', text: `Agreement ${nameOf(registered.agreement)} was never activated, so there is nothing to end.`, fix: 'Leave it: a draft shares nothing.' } };
  }
  return { change: { ends: [{ version: input.version, at: input.now }] } };
}

function find({ versions, version }: PlanInput): RegisteredAgreement | undefined {
  return versions.find(({ agreement }) => agreement.version === version);
}

function hasEnded({ agreement, terminatedAt }: RegisteredAgreement, now: Date): boolean {
  return now >= agreement.period.end || (terminatedAt !== null && now >= terminatedAt);
}

/** A version that is over stays over: its period has passed, or somebody ended it. */
function overOf(registered: RegisteredAgreement, now: Date): Problem | null {
  if (!hasEnded(registered, now)) return null;
  const how = agreementState(registered, now) === 'terminated' ? 'was terminated' : 'is past the end of its period';
  return { category: 'conflict', code: 'agreement-over', text: `Agreement ${nameOf(registered.agreement)} ${how}; that is final.`, fix: 'Propose a new version.' };
}

function edited(agreement: Agreement): Problem {
  return {
    category: 'conflict', code: 'agreement-edited', text: `The text to be signed is not the one registered as agreement ${nameOf(agreement)}: the file was edited after it was registered, or before.`,
    expected: `content with SHA-256 ${agreement.sha256}`, fix: 'Read what is registered and sign that, or propose the edited text as a new version.',
  };
}

const unknown: Problem = { category: 'not-found', code: 'agreement-unknown', text: 'The register has no such version of an agreement.', fix: 'See GET /governance/agreements for what it has.' };

function nameOf({ id, version }: Agreement): string {
  return `${id} version ${version}`;
}

/** `1.10` is newer than `1.9`. */
function compareVersions(one: string, other: string): number {
  const [ones, others] = [one.split('.').map(Number), other.split('.').map(Number)];
  for (let place = 0; place < Math.max(ones.length, others.length); place += 1) {
    const difference = (ones[place] ?? 0) - (others[place] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
