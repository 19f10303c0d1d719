import type { ConsentProvision } from '@medplum/fhirtypes';
import type { Problem } from '../fhir/problem.ts';
import { choiceLimits, decidingLimits, narrowLimits, type ProvisionLimits } from './choice-limits.ts';
import { choicePeriod, commonSpan, type Span } from './choice-period.ts';
import { contradictory, listed, notSupported, pointerTo, tooLarge } from './choice-problems.ts';
import { isWithin, withOverrides } from './choice-within.ts';
import type { ChoiceRule, WrittenRule } from './types.ts';

/** The base of a Consent: a rule, or nothing of its own, so that agreements decide all that no exception reaches. */
export type ChoiceBase = ChoiceRule['effect'] | 'agreements';

type Rule = Omit<WrittenRule, 'overrides'>;

const root = '/provision';
const maxDepth = 10;
const maxProvisions = 100;

/** A provision as its exceptions see it. */
interface Parent {
  provision: ConsentProvision;
  pointer: string;
  limits: ProvisionLimits;
  span: Span;
  isRule: boolean;
}

/**
 * Provisions → rules, each parent before its exceptions, with their parents' limits and periods as well as their own. A
 * permission overrides the denials of the same Consent it lies within, whether it stands inside them or beside them.
 */
export function choiceRules(provision: ConsentProvision = {}, base: ChoiceBase, problems: Problem[]): WrittenRule[] {
  const excess = excessOf(provision);
  if (excess) {
    problems.push(excess);
    return [];
  }
  const limits = narrowLimits({}, choiceLimits(provision, root, problems), root, problems);
  const span = choicePeriod(provision.period, pointerTo(root, 'period'), problems);
  const exceptions = exceptionsOf({ provision, pointer: root, limits, span, isRule: base !== 'agreements' }, problems);
  if (base !== 'agreements') return withOverrides([{ effect: base, limits: decidingLimits(limits), ...span, optOut: false }, ...exceptions]);
  if (Object.keys(decidingLimits(limits)).length > 0 && provision.provision === undefined) {
    problems.push(contradictory(root, {
      text: 'The provision narrows something, but nothing is denied or permitted.', expected: 'a policyRule that denies or permits, or provisions inside this one',
      fix: 'Say OPTOUT or OPTIN in policyRule, or put a provision with a type into this one.',
    }));
  }
  return withOverrides(exceptions);
}

function exceptionsOf(parent: Parent, problems: Problem[]): Rule[] {
  const inner = pointerTo(parent.pointer, 'provision');
  return listed(parent.provision.provision, inner, problems).flatMap((provision, i) => {
    const pointer = pointerTo(inner, i);
    const found = problems.length;
    const limits = narrowLimits(parent.limits, choiceLimits(provision, pointer, problems), pointer, problems);
    const span = spanOf(provision, parent.span, pointer, problems);
    const { type } = provision;
    const rule: Rule = { effect: type ?? 'deny', limits: decidingLimits(limits), ...span, optOut: false };
    const saysSomething = parent.isRule ? !isWithin({ limits: decidingLimits(parent.limits), ...parent.span }, rule) : Object.keys(rule.limits).length > 0 || provision.period !== undefined;
    if (problems.length === found && !saysSomething) {
      problems.push(contradictory(pointer, {
        text: 'The exception is as wide as what it is an exception to, which would then say nothing.', expected: 'an actor, purpose, class, securityLabel, code, data or period that narrows it',
        fix: 'Say what the exception is for, or leave it out and change the provision around it.',
      }));
    }
    if (type !== 'deny' && type !== 'permit') {
      problems.push(notSupported(pointerTo(pointer, 'type'), { text: 'An exception must say whether it denies or permits.', expected: 'deny or permit', fix: 'Give the provision a type.' }));
    }
    return [rule, ...exceptionsOf({ provision, pointer, limits, span, isRule: true }, problems)];
  });
}

/** When an exception counts: in its own period, within its parent's. */
function spanOf({ period }: ConsentProvision, outer: Span, pointer: string, problems: Problem[]): Span {
  const found = problems.length;
  const span = commonSpan(outer, choicePeriod(period, pointerTo(pointer, 'period'), problems));
  if (problems.length === found && span.from && span.until && span.from >= span.until) {
    problems.push(contradictory(pointerTo(pointer, 'period'), {
      text: 'The exception is for a time in which the provision around it does not count, so it says nothing.', expected: 'some of the time of the provision around it', fix: 'Correct one of the periods.',
    }));
  }
  return span;
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
