import type { Bundle } from '@medplum/fhirtypes';
import type { CliContext } from './cli-context.ts';
import { call, type GatewayOptions } from './gateway-command.ts';

/**
 * A citizen's id as it is typed: the id itself, or an NHS number, which is asked for in a body, never in an address. Null
 * once a refusal has been told.
 */
export async function findCitizen(context: CliContext, options: GatewayOptions, typed: string): Promise<string | null> {
  const number = typed.replace(/[\s-]/g, '');
  if (!/^\d{10}$/.test(number)) return typed.replace(/^Patient\//, '');
  const body = { type: 'application/x-www-form-urlencoded', text: String(new URLSearchParams({ identifier: `https://fhir.nhs.uk/Id/nhs-number|${number}` })) };
  const found = await call<Bundle>(context, options, { method: 'POST', path: '/fhir/Patient/_search', body });
  const ids = (found?.entry ?? []).flatMap(({ resource }) => (resource?.resourceType === 'Patient' && resource.id !== undefined ? [resource.id] : []));
  if (ids.length > 1) context.fail({ category: 'conflict', code: 'citizen-several', text: 'With this number there are several people: whether they are one waits for a decision.', fix: 'Give the citizen\'s id, or decide the pair: onestory link list.' });
  else if (found && ids.length === 0) context.fail({ category: 'not-found', code: 'citizen-unknown', text: 'With this number there is nobody you may know of.', fix: 'Check the number, or give the citizen\'s id.' });
  return found && ids.length === 1 ? (ids[0] ?? null) : null;
}
