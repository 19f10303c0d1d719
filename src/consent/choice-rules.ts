import type { ConsentProvision } from '@medplum/fhirtypes';
import type { Problem } from '../fhir/problem.ts';
import { choiceLimits, decidingLimits, narrowLimits, type ProvisionLimits } from './choice-limits.ts';
import { contradictory, listed, notSupported, pointerTo, tooLarge } from './choice-problems.ts';
import type { ChoiceLimits, ChoiceRule } from './types.ts';

/** The base of a Consent: a rule, or nothing of its own, so that agreements decide all that no exception reaches. */
export type ChoiceBase = ChoiceRule['effect'] | 'agreements';

const root = '/provision';
const maxDepth = 10;
const maxProvisions = 100;

/** A provision as its exceptions see it. */
interface Parent {
  provision: ConsentProvision;
  pointer: string;
  limits: ProvisionLimits;
  specificity: number;
  isRule: boolean;
}

/**
 * Provisions → rules, each parent before its exceptions. The base is as specific as the number of things it limits; an
 * exception has its parent's limits and its own, and is more specific by the things it newly limits, at least by 1.
 */
export function choiceRules(provision: ConsentProvision = {}, base: ChoiceBase, problems: Problem[]): ChoiceRule[] {
  const excess = excessOf(provision);
  if (excess) {
    problems.push(excess);
    return [];
  }
  const limits = choiceLimits(provision, root, problems);
  const deciding = decidingLimits(limits);
  const specificity = count(deciding);
  const exceptions = exceptionsOf({ provision, pointer: root, limits, specificity, isRule: base !== 'agreements' }, problems);
  if (base !== 'agreements') return [{ effect: base, limits: deciding, specificity }, ...exceptions];
  if (specificity > 0 && provision.provision === undefined) {
    problems.push(contradictory(root, {
      text: 'The provision narrows something, but nothing is denied or permitted.', expected: 'a policyRule that denies or permits, or provisions inside this one',
      fix: 'Say OPTOUT or OPTIN in policyRule, or put a provision with a type into this one.',
    }));
  }
  return exceptions;
}

function exceptionsOf(parent: Parent, problems: Problem[]): ChoiceRule[] {
  const inner = pointerTo(parent.pointer, 'provision');
  return listed(parent.provision.provision, inner, problems).flatMap((provision, i) => {
    const pointer = pointerTo(inner, i);
    const found = problems.length;
    const limits = narrowLimits(parent.limits, choiceLimits(provision, pointer, problems), pointer, problems);
    const [deciding, around] = [decidingLimits(limits), decidingLimits(parent.limits)];
    if ((parent.isRule || count(deciding) === 0) && problems.length === found && !isNarrower(deciding, around)) {
      problems.push(contradictory(pointer, {
        text: 'The exception is as wide as what it is an exception to, which would then say nothing.', expected: 'an actor, purpose, class or securityLabel that narrows it',
        fix: 'Say what the exception is for, or leave it out and change the provision around it.',
      }));
    }
    const specificity = parent.specificity + Math.max(1, count(deciding) - count(around));
    const { type } = provision;
    if (type !== 'deny' && type !== 'permit') {
      problems.push(notSupported(pointerTo(pointer, 'type'), { text: 'An exception must say whether it denies or permits.', expected: 'deny or permit', fix: 'Give the provision a type.' }));
    }
    return [{ effect: type ?? 'deny', limits: deciding, specificity }, ...exceptionsOf({ provision, pointer, limits, specificity, isRule: true }, problems)];
  });
}

/** Limits are only ever added to or made smaller, so narrower is shorter somewhere. */
function isNarrower(limits: ChoiceLimits, around: ChoiceLimits): boolean {
  const all = Object.keys(limits) as (keyof ChoiceLimits)[];
  return all.some((limit) => around[limit] === undefined || (limits[limit]?.length ?? 0) < around[limit].length);
}

function count(limits: ChoiceLimits): number {
  return Object.keys(limits).length;
}

/** Before anything is read, and without recursion: whoever sent this chose its size. */
function excessOf(provision: ConsentProvision): Problem | undefined {
  const open = [{ provision, depth: 0 }];
  let seen = 0;
  for (let next = open.pop(); next; next = open.pop()) {
    seen += 1;
    const inside: unknown = next.provision.provision;
    const children = Array.isArray(inside) ? inside as ConsentProvision[] : [];
    if (seen + open.length + children.length > maxProvisions || (children.length > 0 && next.depth === maxDepth)) {
      return tooLarge(root, {
        text: 'The provisions are more or deeper than are read.', expected: `at most ${maxProvisions} provisions, and exceptions within exceptions at most ${maxDepth} deep`,
        fix: 'Say it with fewer provisions; a shallow list of exceptions usually says the same.',
      });
    }
    for (const child of children) if (typeof child === 'object' && child !== null) open.push({ provision: child, depth: next.depth + 1 });
  }
  return undefined;
}
