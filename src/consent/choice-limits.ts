import type { CodeableConcept, Coding, ConsentProvision } from '@medplum/fhirtypes';
import type { Problem } from '../fhir/problem.ts';
import { purposes, sharingCategories, type Purpose } from '../fhir/sharing.ts';
import { choiceActors } from './choice-actors.ts';
import { contradictory, listed, notSupported, pointerTo, type Finding } from './choice-problems.ts';
import type { ChoiceLimits } from './types.ts';

/** The limits of a provision as they are read. `actions` decides nothing, a look is all of them at once; it shows exceptions that meet nothing. */
export type ProvisionLimits = { [limit in keyof ChoiceLimits | 'actions']?: readonly string[] };

const actReason = 'http://terminology.hl7.org/CodeSystem/v3-ActReason';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const confidentiality = 'http://terminology.hl7.org/CodeSystem/v3-Confidentiality';
const consentAction = 'http://terminology.hl7.org/CodeSystem/consentaction';
const resourceTypes = 'http://hl7.org/fhir/resource-types';
const sharingCategory = 'https://fhir.bicp.example/CodeSystem/sharing-category';
const sharingLabel = 'https://fhir.bicp.example/CodeSystem/sharing-label';

const beyondChoice: readonly Purpose[] = ['HOPERAT', 'HSYSADMIN'];
const carePurposes = purposes.filter((purpose) => !beyondChoice.includes(purpose));
const actions = ['access', 'disclose', 'use'];
/** Codes of v3-ActCode that stand for others below them: FHIR means those too, and the gateway compares codes only. */
const labelGroups = ['SPI', 'BH', 'SUD'];
const labelForm = /^[A-Za-z][A-Za-z0-9-]{0,63}$/;

/** The element each limit is written in. */
const elementOf: Record<keyof ProvisionLimits, string> = {
  organisations: 'actor', roles: 'actor', custodians: 'actor', purposes: 'purpose', categories: 'class', labels: 'securityLabel', actions: 'action',
};

const understood = ['id', 'extension', 'modifierExtension', 'type', 'provision', 'actor', 'purpose', 'class', 'securityLabel', 'action'];
const notYet = ['code', 'data', 'dataPeriod'];
const broader = { expected: 'limits by actor, purpose, class or securityLabel', fix: 'Say it by class or securityLabel, or in a broader provision.' };

/** What one provision by itself is limited to. Whatever could narrow it and is not understood is a problem, at its pointer. */
export function choiceLimits(provision: ConsentProvision, pointer: string, problems: Problem[]): ProvisionLimits {
  const isRoot = pointer === '/provision';
  for (const key of Object.keys(provision)) {
    if (understood.includes(key) || (key === 'period' && isRoot)) continue;
    problems.push(notSupported(pointerTo(pointer, key), key === 'period' ? {
      text: 'A provision inside another cannot have a time of its own yet.', expected: 'period in the outermost provision only', fix: 'Record what holds for another time in a Consent of its own.',
    } : {
      text: notYet.includes(key) ? 'The gateway cannot tell single records apart in a choice yet.' : 'This part of a provision is not understood.', ...broader,
    }));
  }
  const read = (element: 'purpose' | 'class' | 'securityLabel', codeOf: (coding: Coding) => string | Finding): readonly string[] =>
    codesOf(listed(provision[element], pointerTo(pointer, element), problems), pointerTo(pointer, element), codeOf, problems);
  return present({
    ...choiceActors(provision.actor, pointerTo(pointer, 'actor'), problems),
    purposes: read('purpose', purposeOf), categories: read('class', categoryOf), labels: read('securityLabel', labelOf),
    actions: actionsOf(provision.action, pointerTo(pointer, 'action'), problems),
  });
}

/**
 * The limits of an exception: its parent's and its own. Where both limit the same thing, what both name, which must be
 * something. A record may carry several labels, so for labels only a part of the parent's is exact.
 */
export function narrowLimits(outer: ProvisionLimits, own: ProvisionLimits, pointer: string, problems: Problem[]): ProvisionLimits {
  const narrowed: ProvisionLimits = { ...outer, ...own };
  for (const limit of limitsOf(own)) {
    const [before, now] = [outer[limit], own[limit] ?? []];
    if (before === undefined) continue;
    const both = now.filter((value) => before.includes(value));
    narrowed[limit] = both;
    if (both.length === 0) {
      problems.push(contradictory(pointerTo(pointer, elementOf[limit]), {
        text: 'The exception names nothing that the provision around it is about, so it says nothing.', expected: 'some of what the provision around it names',
        fix: 'Move the exception out of that provision, or name what both are about.',
      }));
    } else if (limit === 'labels' && both.length < now.length) {
      problems.push(notSupported(pointerTo(pointer, elementOf[limit]), {
        text: 'The exception names labels that the provision around it does not.', expected: 'only labels that the provision around it names', fix: 'Leave out the other labels, or move them to a provision of their own.',
      }));
    }
  }
  return narrowed;
}

/** The limits that decide, as a rule has them; every value was checked as it was read. */
export function decidingLimits({ actions: _actions, ...limits }: ProvisionLimits): ChoiceLimits {
  return limits as ChoiceLimits;
}

function limitsOf(limits: ProvisionLimits): (keyof ProvisionLimits)[] {
  return Object.keys(limits) as (keyof ProvisionLimits)[];
}

function present(limits: ProvisionLimits): ProvisionLimits {
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
  const form = { expected: `one of ${carePurposes.join(', ')} of ${actReason}`, fix: 'Name the purposes of care that are meant, each by itself.' };
  if (system === actReason && beyondChoice.some((purpose) => purpose === code)) {
    return { text: 'No choice reaches this purpose: oversight and the running of the system see no care information by it.', ...form };
  }
  return carePurposes.find((purpose) => system === actReason && purpose === code) ?? { text: 'The gateway does not know this purpose, so nobody can ask for it.', ...form };
}

function categoryOf({ system, code }: Coding): string | Finding {
  const expected = `one of ${sharingCategories.join(', ')} of ${sharingCategory}`;
  if (system === resourceTypes) {
    return { text: 'The gateway cannot limit a choice to a type of resource yet.', expected, fix: `Name sorts of information instead: ${sharingCategories.join(', ')} of ${sharingCategory}.` };
  }
  return sharingCategories.find((category) => system === sharingCategory && category === code)
    ?? { text: 'The gateway does not know this sort of information.', expected, fix: 'Name one of the sorts of information the agreements name.' };
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
