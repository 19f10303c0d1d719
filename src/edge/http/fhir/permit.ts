import { allows } from '../../../fhir/allows.ts';
import type { Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { Asked } from '../route.ts';
import { addressUnknown } from '../unserved.ts';
import { interactionsOf } from './interactions.ts';

/** SMART v2 letters an interaction needs. */
const letters = { read: 'r', vread: 'r', 'history-instance': 'r', 'history-type': 's', 'search-type': 's', create: 'c', update: 'u', patch: 'u', delete: 'd', everything: 'r', match: 's', timeline: 'r', story: 'r', summary: 'r', presence: 's', 'ihe-pix': 's', docref: 's', confirm: 'r', correct: 'r', 'break-glass': 'r', 'explain-access': 'r', reconstruct: 'r', 'same-event': 'r', 'access-report': 'r' } as const;
export type PermittedInteraction = keyof typeof letters;
/** Operations: on Patient where the address names no type, offered for every type it names. */
const operations: readonly PermittedInteraction[] = ['everything', 'match', 'timeline', 'story', 'summary', 'presence', 'ihe-pix', 'docref', 'confirm', 'correct', 'break-glass', 'explain-access', 'reconstruct', 'same-event', 'access-report'];
/** They send records of every type. */
const wholeRecord: readonly PermittedInteraction[] = ['everything', 'timeline', 'story', 'summary'];

/**
 * May this client do this sort of thing at all? Depends on the token's scopes and the type, never on data. An unknown
 * type or an interaction without a route is refused here, with the same words for everyone.
 */
export function permit(interaction: PermittedInteraction): (requester: Requester, asked: Pick<Asked, 'params'>) => Problem | null {
  return (requester, asked) => {
    const operation = operations.includes(interaction);
    const type = asked.params['type'] ?? (operation ? 'Patient' : '');
    const offered = offeredTo(type);
    if (!offered) return unknownAt(type);
    if (!operation && !offered.some((each) => each === interaction)) {
      return { category: 'method-not-allowed', code: 'interaction-unsupported', text: 'This resource type does not take this interaction.', expected: offered.length > 0 ? `one of ${offered.join(', ')}` : 'an operation of the capability statement' };
    }
    const scoped = wholeRecord.includes(interaction) ? '*' : type;
    return allows(requester.scopes, scoped, letters[interaction]) ? null : scopeMissing(scoped, letters[interaction]);
  };
}

const methodsOf: Readonly<Record<string, { instance?: string; type?: string }>> = {
  read: { instance: 'GET, HEAD' }, 'search-type': { type: 'GET, HEAD' }, create: { type: 'POST' }, update: { instance: 'PUT' }, patch: { instance: 'PATCH', type: 'PUT, PATCH' }, delete: { instance: 'DELETE', type: 'DELETE' },
};

/** Methods that the address of a type, or of one of its resources, takes. */
export function allowedAt(type: string, at: 'instance' | 'type'): string {
  return (offeredTo(type) ?? []).flatMap((interaction) => methodsOf[interaction]?.[at] ?? []).join(', ');
}

/** Of everything there is: a scope for each type would have to be kept apart in the answer. */
export function permitOfAll(letter: string): (requester: Requester) => Problem | null {
  return ({ scopes }) => (allows(scopes, '*', letter) ? null : { category: 'forbidden', code: 'scope-missing', text: 'The token\'s scopes do not cover this.', expected: `a scope such as user/*.${letter}` });
}

/** A method or an interaction no route takes: an unknown type is unknown first, whatever the method. */
export function methodNotAllowed(_requester: Requester, { params: { type } }: Asked): Problem {
  return type !== undefined && !offeredTo(type) ? unknownAt(type)
    : { category: 'method-not-allowed', code: 'interaction-unsupported', text: 'This address does not take this method.', expected: 'an interaction of the capability statement', fix: 'See /fhir/metadata for what is offered.' };
}

function offeredTo(type: string): readonly string[] | undefined {
  return Object.hasOwn(interactionsOf, type) ? interactionsOf[type] : undefined;
}

/** No type begins so: an operation or a search of all types, which is not there. */
function unknownAt(type: string): Problem {
  return /^[$_]/.test(type) ? addressUnknown : unknownType;
}

const unknownType: Problem = {
  category: 'not-found', code: 'type-unknown', text: 'The gateway does not serve this resource type.', expected: `one of ${Object.keys(interactionsOf).join(', ')}`,
};

/** By a search: of what is written through the API, and so patched as well. */
export function permitConditional(interaction: 'update' | 'patch' | 'delete'): (requester: Requester, asked: Pick<Asked, 'params'>) => Problem | null {
  return (requester, asked) => {
    const offered = offeredTo(asked.params['type'] ?? '');
    return permit(offered?.includes('patch') === false ? 'patch' : interaction)(requester, asked);
  };
}

/** Whether anything that is written through the API is covered by these scopes. */
export function permitWriting({ scopes }: Requester): boolean {
  return Object.keys(interactionsOf).some((type) => interactionsOf[type]?.includes('patch') && ['c', 'u', 'd'].some((letter) => allows(scopes, type, letter)));
}

export function scopeMissing(type: string, letter: string): Problem {
  return { category: 'forbidden', code: 'scope-missing', text: 'The token\'s scopes do not cover this.', expected: `a scope such as user/${type}.${letter}` };
}
