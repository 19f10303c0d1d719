import type { OperationOutcome, Parameters } from '@medplum/fhirtypes';
import { castIndex, type CastName } from '../../src/demo/cast.ts';
import { personAt } from '../../src/demo/generate-people.ts';
import type { Person } from '../../src/demo/person.ts';
import type { Gateway } from '../gateway.ts';

export const population = { seed: 2018, citizens: 12 };
const valueOf: Record<string, string> = { 'birth-date': 'valueDate', reason: 'valueCode' };

export const castMember = (name: CastName): Person => personAt(population, castIndex(name));

/** What somebody in front of this person would ask with. */
export function detailsOf({ nhsNumber = '', birthDate, name: { family } }: Person): Record<'nhs-number' | 'birth-date' | 'family' | 'reason' | 'explanation', string> {
  return { 'nhs-number': nhsNumber, 'birth-date': birthDate, family, reason: 'serious-harm-person', explanation: 'Found on the floor at home and cannot say who cares for him' };
}

export async function askEmergency(gateway: Gateway, given: Record<string, string>, who: string): Promise<Response> {
  const inputs: Parameters = { resourceType: 'Parameters', parameter: Object.entries(given).map(([name, value]) => ({ name, [valueOf[name] ?? 'valueString']: value })) };
  return fetch(`${gateway.url}/fhir/Patient/$break-glass`, {
    method: 'POST', headers: { Authorization: `Bearer ${await gateway.token(who)}`, 'Content-Type': 'application/fhir+json' }, body: JSON.stringify(inputs),
  });
}

/** The access this person was given; fails where it was refused. */
export async function openEmergency(gateway: Gateway, given: Record<string, string>, who: string): Promise<{ citizen: string; reference: string; until: string }> {
  const response = await askEmergency(gateway, given, who);
  if (response.status !== 200) throw new Error(`answered ${response.status} ${await codeIn(response)}`);
  const { parameter = [] } = (await response.json()) as Parameters;
  const of = (name: string) => parameter.find((each) => each.name === name);
  return { citizen: of('patient')?.valueReference?.reference?.slice('Patient/'.length) ?? '', reference: of('reference')?.valueString ?? '', until: of('until')?.valueInstant ?? '' };
}

export async function endEmergency(gateway: Gateway, citizen: string, who: string): Promise<Response> {
  return fetch(`${gateway.url}/fhir/Patient/${citizen}/$end-break-glass`, { method: 'POST', headers: { Authorization: `Bearer ${await gateway.token(who)}` } });
}

export async function codeIn(response: Response): Promise<string | undefined> {
  return ((await response.json()) as OperationOutcome).issue[0]?.details?.coding?.[0]?.code;
}

/** Whatever was asked before is over, and hours ago. */
export async function pause(gateway: Gateway): Promise<void> {
  await gateway.database.query('delete from emergency_attempt');
  await gateway.database.query(`update emergency_access set from_at = from_at - interval '2 hours', until = until - interval '2 hours'`);
}
