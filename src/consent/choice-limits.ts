import type { CodeableConcept, Coding, ConsentProvision } from '@medplum/fhirtypes';
import { codeTokens } from '../fhir/code-tokens.ts';
import type { Problem } from '../fhir/problem.ts';
import { purposeKinds, purposes, sharingCategories } from '../fhir/sharing.ts';
import { choiceActors } from './choice-actors.ts';
import { choicePeriod, spanWithin, type Span } from './choice-period.ts';
import { contradictory, listed, notSupported, pointerTo, type Finding } from './choice-problems.ts';
import { checkCanBeCompared, checkOneKindOfClass, readCodes, readData, resourceTypes, typeOf } from './choice-records.ts';
import type { ChoiceLimits } from './types.ts';

/**
 * The limits of a provision as they are read, `codes` as `system|code`. `actions` decides nothing, a look is all of them at
 * once; it shows exceptions that meet nothing.
 */
export type ProvisionLimits = { [limit in ListedLimit]?: readonly string[] } & { dates?: Span };
type ListedLimit = Exclude<keyof ChoiceLimits, 'tokens' | 'dates'> | 'codes' | 'actions';

const actReason = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const consentAction = 'http://terminology.hl7.org/CodeSystem/consentaction';
const sharingCategory = 'https://fhir.bicp.example/CodeSystem/sharing-category';
const sharingLabel = 'https://fhir.bicp.example/CodeSystem/sharing-label';

const withinReach = purposes.filter((purpose) => purposeKinds[purpose] !== 'running');
const actions = ['access', 'disclose', 'use'];
/** Codes of v3-ActCode that stand for others below them: FHIR means those too, and the gateway compares codes only. */
const labelGroups = ['SPI', 'BH', 'SUD'];
const labelForm = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;

/** The element each limit is written in. */
const elementOf: Record<ListedLimit | 'dates', string> = {
  organisations: 'actor', roles: 'actor', custodians: 'actor', purposes: 'purpose', categories: 'class', types: 'class', labels: 'securityLabel',
  codes: 'code', ids: 'data', dates: 'dataPeriod', actions: 'action',
};
/** A record may carry several of these, so in an exception only a part of its parent's is exact. */
const several: readonly ListedLimit[] = ['labels', 'codes'];

const limiting = ['actor', 'purpose', 'class', 'securityLabel', 'code', 'data', 'dataPeriod', 'period'];
const understood = ['id', 'extension', 'modifierExtension', 'type', 'provision', 'action', ...limiting];

/** What one provision by itself is limited to. Whatever could narrow it and is not understood is a problem, at its pointer. */
export function choiceLimits(provision: ConsentProvision, pointer: string, problems: Problem[]): ProvisionLimits {
  for (const key of Object.keys(provision).filter((each) => !understood.includes(each))) {
    problems.push(notSupported(pointerTo(pointer, key), { text: 'This part of a provision is not understood.', expected: `limits by ${limiting.join(', ')}`, fix: 'Say it with these, or in a broader provision.' }));
  }
  const read = (element: 'purpose' | 'securityLabel', codeOf: (coding: Coding) => string | Finding): readonly string[] =>
    codesOf(listed(provision[element], pointerTo(pointer, element), problems), pointerTo(pointer, element), codeOf, problems);
  const { custodians: named = [], ...actors } = choiceActors(provision.actor, pointerTo(pointer, 'actor'), problems);
  const { ids, custodians: authors } = readData(provision.data, pointerTo(pointer, 'data'), problems);
  if (named.length > 0 && authors.length > 0) {
    problems.push(contradictory(pointerTo(pointer, 'data'), { text: 'Whose information is meant is said twice, as actor and as data.', expected: 'one of the two', fix: 'Leave one of them out.' }));
  }
  const limits = present({
    ...actors, custodians: [...named, ...authors], ids, ...readClass(provision.class, pointerTo(pointer, 'class'), problems),
    purposes: read('purpose', purposeOf), labels: read('securityLabel', labelOf), codes: readCodes(provision.code, pointerTo(pointer, 'code'), problems),
    actions: actionsOf(provision.action, pointerTo(pointer, 'action'), problems),
  });
  return provision.dataPeriod === undefined ? limits : { ...limits, dates: choicePeriod(provision.dataPeriod, pointerTo(pointer, 'dataPeriod'), problems) };
}

function readClass(codings: readonly Coding[] | undefined, pointer: string, problems: Problem[]): { types: string[]; categories: string[] } {
  const read = codesOf(listed(codings, pointer, problems), pointer, (coding) => {
    const found = coding.system === resourceTypes ? typeOf(coding) : categoryOf(coding);
    return typeof found === 'string' ? `${coding.system}|${found}` : found;
  }, problems);
  const named = (system: string): string[] => read.flatMap((each) => (each.startsWith(`${system}|`) ? [each.slice(system.length + 1)] : []));
  const limits = { types: named(resourceTypes), categories: named(sharingCategory) };
  checkOneKindOfClass(limits, pointer, problems);
  return limits;
}

/** The limits of an exception: its parent's and its own. Where both limit the same thing, what both name, which must be something. */
export function narrowLimits(outer: ProvisionLimits, own: ProvisionLimits, pointer: string, problems: Problem[]): ProvisionLimits {
  const narrowed: ProvisionLimits = { ...outer, ...own };
  for (const limit of listsOf(own)) {
    const [before, now] = [outer[limit], own[limit] ?? []];
    if (before === undefined) continue;
    const both = now.filter((value) => before.includes(value));
    narrowed[limit] = both;
    if (both.length === 0) problems.push(meetsNothing(pointer, limit));
    else if (several.includes(limit) && both.length < now.length) {
      problems.push(notSupported(pointerTo(pointer, elementOf[limit]), {
        text: 'The exception names some that the provision around it does not.', expected: 'only what the provision around it names', fix: 'Leave out the others, or move them to a provision of their own.',
      }));
    }
  }
  if (own.dates && outer.dates && !spanWithin(own.dates, outer.dates)) problems.push(meetsNothing(pointer, 'dates'));
  checkCanBeCompared(narrowed, { codes: own.codes !== undefined, dates: own.dates !== undefined }, pointer, problems);
  return narrowed;
}

function meetsNothing(pointer: string, limit: ListedLimit | 'dates'): Problem {
  return contradictory(pointerTo(pointer, elementOf[limit]), {
    text: limit === 'dates' ? 'The exception is about a time that is not within that of the provision around it.' : 'The exception names nothing that the provision around it is about, so it says nothing.',
    expected: 'some of what the provision around it names', fix: 'Move the exception out of that provision, or name what both are about.',
  });
}

/** The limits that decide, as a rule has them; every value was checked as it was read. */
export function decidingLimits({ actions: _actions, codes, ...limits }: ProvisionLimits): ChoiceLimits {
  const tokens = codes?.flatMap((each) => (limits.types ?? []).flatMap((type) => codeTokens(type, each.slice(0, each.indexOf('|')), each.slice(each.indexOf('|') + 1))));
  return { ...limits, ...(tokens && { tokens }) } as ChoiceLimits;
}

function listsOf(limits: ProvisionLimits): ListedLimit[] {
  return Object.keys(limits).filter((limit) => limit !== 'dates') as ListedLimit[];
}

function present(limits: { [limit in ListedLimit]?: readonly string[] }): ProvisionLimits {
  return Object.fromEntries(Object.entries(limits).filter(([, values]) => values.length > 0));
}

function codesOf(codings: readonly Coding[], pointer: string, codeOf: (coding: Coding) => string | Finding, problems: Problem[]): readonly string[] {
  const codes = codings.flatMap((coding, i) => {
    const code = codeOf(coding);
    if (typeof code === 'string') return [code];
    problems.push(notSupported(pointerTo(pointer, i), code));
    return [];
  });
  return [...new Set(codes)];
}

function purposeOf({ system, code }: Coding): string | Finding {
  const form = { expected: `one of ${withinReach.join(', ')} of ${actReason}`, fix: 'Name the purposes that are meant, each by itself.' };
  const known = system === actReason ? purposes.find((purpose) => purpose === code) : undefined;
  if (known === undefined) return { text: 'The gateway does not know this purpose, so nobody can ask for it.', ...form };
  return withinReach.includes(known) ? known : { text: 'No choice reaches this purpose: oversight and the running of the system see no care information by it.', ...form };
}

function categoryOf({ system, code }: Coding): string | Finding {
  return sharingCategories.find((category) => system === sharingCategory && category === code)
    ?? { text: 'The gateway does not know this sort of information.', expected: `one of ${sharingCategories.join(', ')} of ${sharingCategory}, or a type of ${resourceTypes}`, fix: 'Name one of the sorts of information the agreements name, or types of record.' };
}

function labelOf({ system, code }: Coding): string | Finding {
  const expected = `a sensitivity of ${actCode} such as PSY, or a code of ${sharingLabel}`;
  if (system === confidentiality) {
    return {
      text: 'FHIR reads a level of confidentiality as that level and everything below it, which the gateway cannot tell apart.', expected,
      fix: 'Name the sensitivities that are meant, such as PSY, or the sort of information by class.',
    };
  }
  const isGroup = system === actCode && labelGroups.some((group) => group === code);
  if (isGroup) return { text: 'This sensitivity stands for several others, which the gateway cannot tell apart.', expected, fix: 'Name each sensitivity that is meant, such as MH and PSY.' };
  return (system === actCode || system === sharingLabel) && typeof code === 'string' && labelForm.test(code)
    ? code : { text: 'The gateway does not know this label.', expected, fix: 'Name a label that the agreements name.' };
}

/** Every action that is about seeing is one look here; collecting and correcting are no matter of sharing. */
function actionsOf(concepts: readonly CodeableConcept[] | undefined, pointer: string, problems: Problem[]): readonly string[] {
  const codes = listed(concepts, pointer, problems).flatMap((concept, i) => {
    const named = (concept.coding ?? []).filter(({ system }) => system === consentAction).map(({ code }) => code ?? '');
    if (named.length > 0 && named.every((code) => actions.includes(code))) return named;
    problems.push(notSupported(pointerTo(pointer, i), {
      text: 'A choice is about who sees the record; the gateway cannot apply another action.', expected: `${actions.join(', ')} of ${consentAction}`, fix: 'Leave action out, or name one of these.',
    }));
    return [];
  });
  return [...new Set(codes)];
}
