import { nhsNumberSystem } from '../../fhir/nhs-number-status.ts';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { assemble } from '../assemble.ts';
import type { IntakeContext } from '../intake/intake-context.ts';
import type { ReleaseContext, RequestFacts } from '../release-context.ts';
import { releaseTold, type Released } from '../release-records.ts';
import { identified, normalOf } from '../who-is-named.ts';

export interface CrossReferenceAsk {
  /** `system|value` */
  source: string;
  /** systems whose identifiers are wanted; none: of all */
  targets: readonly string[];
}

/** Somebody's other identifiers. */
export interface CrossReferenced {
  citizen: string;
  identifiers: { system: string; value: string }[];
}

/**
 * The other identifiers of whoever bears one (IHE PIXm, ITI-83): of the source Patients the caller may see and of no others.
 * Which systems are known is configuration, and says nothing about anybody.
 */
export function crossReference(context: ReleaseContext & Pick<IntakeContext, 'registry'>, requester: Requester, { source, targets }: CrossReferenceAsk, request: RequestFacts): Promise<Released & CrossReferenced> {
  const whom = identified(source, 'sourceIdentifier');
  const [system = '', value = ''] = source.split('|');
  const isKnown = (asked: string): boolean => asked === nhsNumberSystem || context.registry.some(({ partner }) => asked.startsWith(`${partner.identifierBase}/`));
  if (!isKnown(system)) throw new Refusal(sourceUnknown);
  if (!targets.every(isKnown)) throw new Refusal(targetUnknown);
  return releaseTold(context, requester, { interaction: 'ihe-pix', whom, normal: normalOf('$ihe-pix', whom, 'sourceIdentifier') }, request, (_held, found) => {
    const all = found.people.flatMap((row) => identifiersIn(assemble(row)['identifier']));
    const others = all.filter((each) => (targets.length === 0 || targets.includes(each.system)) && !(each.system === system && plain(each.value) === plain(value)));
    const identifiers = [...new Map(others.map((each) => [`${each.system}|${each.value}`, each])).values()].sort((a, b) => (`${a.system}|${a.value}` < `${b.system}|${b.value}` ? -1 : 1));
    return { sent: found, told: { citizen: found.people[0]?.citizen ?? '', identifiers } };
  });
}

/** Those in use, with a system. */
function identifiersIn(identifiers: unknown): { system: string; value: string }[] {
  return (Array.isArray(identifiers) ? identifiers as { system?: unknown; value?: unknown; use?: unknown }[] : []).flatMap(({ system, value, use }) =>
    (typeof system === 'string' && typeof value === 'string' && use !== 'old' ? [{ system, value }] : []));
}

/** As numbers are compared: written with or without spaces. */
function plain(value: string): string {
  return value.replaceAll(/[ -]/g, '');
}

const systems = 'the system of NHS numbers, or one of a partner of this gateway';
const sourceUnknown: Problem = { category: 'invalid', code: 'source-system-unknown', text: 'Nobody here gives identifiers of this system.', at: { field: 'sourceIdentifier' }, expected: systems };
const targetUnknown: Problem = { category: 'forbidden', code: 'target-system-unknown', text: 'Nobody here gives identifiers of a system that is asked for.', at: { field: 'targetSystem' }, expected: systems };
