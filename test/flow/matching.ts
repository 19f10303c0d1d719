import type { Bundle, OperationOutcome, Parameters, Patient } from '@medplum/fhirtypes';
import type { Gateway } from '../gateway.ts';

/** Ways to ask who somebody is, and to read the answer. */

export async function matchAs(gateway: Gateway, who: string, resource: Partial<Patient>, more: NonNullable<Parameters['parameter']> = []): Promise<Response> {
  const body: Parameters = { resourceType: 'Parameters', parameter: [{ name: 'resource', resource: { resourceType: 'Patient', ...resource } }, ...more] };
  return post(gateway, '/fhir/Patient/$match', who, JSON.stringify(body), 'application/fhir+json');
}

export async function post(gateway: Gateway, path: string, who: string, body: string, type = 'application/json'): Promise<Response> {
  return fetch(`${gateway.url}${path}`, { method: 'POST', headers: { Authorization: `Bearer ${await gateway.token(who)}`, 'Content-Type': type }, body });
}

export interface ToldMatch {
  citizen: string;
  grade: string | undefined;
  score: number | undefined;
  /** `given typo`, … */
  levels: string[];
}

export async function matchesIn(response: Response): Promise<ToldMatch[]> {
  const { entry = [] } = (await response.json()) as Bundle;
  return entry.filter(({ search }) => search?.mode === 'match').map(({ resource, search }) => {
    const [graded, explained] = search?.extension ?? [];
    const part = (parts: typeof explained, url: string): string => parts?.extension?.find((each) => each.url === url)?.valueCode ?? '';
    return {
      citizen: resource?.id ?? '', grade: graded?.valueCode, score: search?.score,
      levels: (explained?.extension ?? []).filter(({ url }) => url === 'field').map((field) => `${part(field, 'name')} ${part(field, 'level')}`),
    };
  });
}

export async function codeOf(response: Response): Promise<string | undefined> {
  return ((await response.json()) as OperationOutcome).issue[0]?.details?.coding?.[0]?.code;
}
