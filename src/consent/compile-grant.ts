import { createHash } from 'node:crypto';
import { canonicalJson } from '../fhir/canonical-json.ts';
import type { OrganisationKey, RelationshipKind, Requester, SharingClass } from '../fhir/sharing.ts';
import { nextBoundary } from './agreement-state.ts';
import { clauseMayOpen } from './clause-may-open.ts';
import { referenceTo } from './clauses-in-force.ts';
import type { PlacedClause } from './clauses-in-force.ts';
import { clausesTowards } from './clauses-towards.ts';
import type { ClausesTowards } from './clauses-towards.ts';
import { oversees, oversightRoles } from './oversees.ts';
import { readsWholeRecord } from './reads-whole-record.ts';
import type { ClassRule, ConsentClause, Grant, RegisteredAgreement } from './types.ts';
import { whyNot } from './why-not.ts';

export interface GrantInput {
  requester: Requester;
  /** every class there is: one that is missing is hidden */
  classes: readonly SharingClass[];
  agreements: readonly RegisteredAgreement[];
  generation: number;
  now: Date;
}

/** What everybody of one organisation, role, purpose and scopes may see, whoever it is: most of a grant, and the same for all of them. */
export interface SharedGrant extends Omit<Grant, 'key' | 'person' | 'client' | 'citizen'> {
  /** SHA-256 over all of it */
  digest: string;
}

/** Requesters with the same text here have the same shared grant. */
export function sharedBy({ organisation, role, purpose, scopes }: Requester): string {
  return JSON.stringify([organisation, role, purpose, scopes]);
}

/**
 * What one requester may see right now, as plain data for the door, with the rule behind every class. Choices and
 * relationships stay outside: they are read live. `decide` is the reference it must agree with for every row.
 */
export function compileGrant(input: GrantInput): Grant {
  return grantOf(compileShared(input), input.requester);
}

/** The grant of one person or system: what it shares with others is not copied. */
export function grantOf({ digest, ...shared }: SharedGrant, { person, client, citizen }: Requester): Grant {
  const facts = { person: person?.id ?? null, client, citizen: citizen ?? null };
  return { key: digestOf({ digest, ...facts }), ...shared, ...facts, ...(citizen !== undefined && { governance: false }) };
}

export function compileShared(input: GrantInput): SharedGrant {
  const { requester, classes, agreements, generation, now } = input;
  const clauses = clausesTowards(requester.organisation, agreements, now);
  const rules = new Map(classes.map((each) => [each.id, ruleFor(each, requester, clauses)] as const));
  const facts: Omit<SharedGrant, 'digest' | 'rules'> = {
    organisation: requester.organisation,
    role: requester.role,
    purpose: requester.purpose,
    generation,
    validUntil: earliestBoundary(requester.organisation, agreements, now),
    exempt: idsOf(rules, 'own', 'oversight'),
    open: idsOf(rules, 'open'),
    related: [...rules].flatMap(([classId, rule]) => (rule.kind === 'related' ? [{ classId, kinds: kindsOf(rule) }] : [])),
    explicit: consentClasses(rules).flatMap(({ classId, clauses }) => (clauses.some(({ relationships }) => relationships === undefined) ? [classId] : [])),
    explicitRelated: consentClasses(rules).flatMap(({ classId, clauses }) => {
      const kinds = [...new Set(clauses.flatMap(({ relationships }) => relationships ?? []))].sort();
      return kinds.length > 0 ? [{ classId, kinds }] : [];
    }),
    directory: true,
    ...withNarrowness(requester, clauses),
    governance: [...clauses.inForce.values()].some((placed) => offersOf(placed, requester).some(({ clause }) =>
      clause.categories.some((category) => oversees(requester.role, requester.purpose, category)))),
  };
  return { digest: digestOf({ ...facts, validUntil: facts.validUntil?.toISOString() ?? null, rules: [...rules] }), ...facts, rules };
}

/** Told to a system that finds nothing: by scopes and agreements alone, so that it is the same whatever there is. */
function withNarrowness(requester: Requester, { inForce }: ClausesTowards): Pick<Grant, 'narrow'> {
  if (requester.role !== 'integration') return {};
  if (!readsWholeRecord(requester.scopes)) return { narrow: 'scopes' };
  const opened = [...inForce.values()].some((placed) => offersOf(placed, requester).some(({ clause }) => clause.categories.some((category) => clauseMayOpen(requester, category))));
  return opened ? {} : { narrow: 'agreements' };
}

function offersOf(clauses: readonly PlacedClause[] | undefined, { role, purpose }: Requester): PlacedClause[] {
  return (clauses ?? []).filter(({ clause: { roles, purposes } }) => roles.includes(role) && purposes.includes(purpose));
}

function ruleFor(sharingClass: SharingClass, requester: Requester, clauses: ClausesTowards): ClassRule {
  if (sharingClass.custodian === requester.organisation && seesOwn(requester)) return { kind: 'own' };
  const offered = clauseMayOpen(requester, sharingClass.category) ? offersOf(clauses.inForce.get(sharingClass.custodian), requester) : [];
  const labels = new Set(sharingClass.labels);
  const covering = offered.filter(({ clause }) => new Set<string>(clause.categories).has(sharingClass.category) && labels.isSubsetOf(new Set(clause.labels)) && labels.isDisjointFrom(new Set(clause.excludedLabels)));
  return leastDemanding(covering, oversees(requester.role, requester.purpose, sharingClass.category)) ?? whyNot(requester, sharingClass, clauses);
}

function seesOwn({ role, scopes }: Requester): boolean {
  return role === 'integration' ? readsWholeRecord(scopes) : !oversightRoles.includes(role);
}

/** Open before related before explicit; clauses come in the order in which they are cited. */
function leastDemanding(covering: readonly PlacedClause[], oversight: boolean): ClassRule | undefined {
  const by = { open: [] as PlacedClause[], related: [] as PlacedClause[], explicit: [] as PlacedClause[] };
  for (const placed of covering) {
    by[placed.clause.consentBasis === 'explicit' ? 'explicit' : placed.clause.relationships ? 'related' : 'open'].push(placed);
  }
  const [open] = by.open;
  if (open) return oversight ? { kind: 'oversight', ...referenceTo(open) } : { kind: 'open', ...referenceTo(open), notice: open.clause.notice };
  const withConsent = by.explicit.map((placed): ConsentClause => ({ ...referenceTo(placed), ...(placed.clause.relationships && { relationships: placed.clause.relationships }) }));
  const [related, ...others] = by.related.map((placed) => ({ ...referenceTo(placed), relationships: placed.clause.relationships ?? [], notice: placed.clause.notice }));
  if (related) return { kind: 'related', ...related, ...(others.length > 0 && { alternatives: others.map(({ notice: _, ...other }) => other) }), ...(withConsent.length > 0 && { withConsent }) };
  const [explicit] = by.explicit;
  return explicit && { kind: 'explicit', ...referenceTo(explicit), notice: explicit.clause.notice, withConsent };
}

/** Classes that a permitting choice opens, with the clauses that say so. */
function consentClasses(rules: ReadonlyMap<number, ClassRule>): { classId: number; clauses: readonly ConsentClause[] }[] {
  return [...rules].flatMap(([classId, rule]) => ('withConsent' in rule && rule.withConsent ? [{ classId, clauses: rule.withConsent }] : []));
}

function kindsOf(rule: Extract<ClassRule, { kind: 'related' }>): RelationshipKind[] {
  return [...new Set([...rule.relationships, ...(rule.alternatives ?? []).flatMap((other) => other.relationships)])].sort();
}

function idsOf(rules: ReadonlyMap<number, ClassRule>, ...kinds: ClassRule['kind'][]): number[] {
  return [...rules].flatMap(([classId, rule]) => (kinds.includes(rule.kind) ? [classId] : []));
}

/** When the grant must be compiled anew even if nobody touches anything: an agreement that concerns the requester begins or ends. */
function earliestBoundary(organisation: OrganisationKey, agreements: readonly RegisteredAgreement[], now: Date): Date | null {
  const boundaries = agreements
    .filter(({ agreement }) => agreement.clauses.some((clause) => clause.to.includes(organisation)))
    .flatMap((registered) => nextBoundary(registered, now) ?? []);
  return boundaries.length === 0 ? null : new Date(Math.min(...boundaries.map(Number)));
}

function digestOf(content: object): string {
  return createHash('sha256').update(canonicalJson(content)).digest('hex');
}
