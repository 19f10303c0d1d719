import type { Bundle, Consent, Resource } from '@medplum/fhirtypes';
import type { Gateway } from '../gateway.ts';

const nhsNumber = 'https://fhir.nhs.uk/Id/nhs-number';

/** People of the demo by the name their story has. */
export const people = { abdul: '9990000379', alice: '9990000743' };

/** The citizen's id for this reader; '' when the reader may not know of them. */
export async function citizenOf(gateway: Gateway, who: string, number: string): Promise<string> {
  const bundle = (await (await gateway.search('Patient', { identifier: `${nhsNumber}|${number}` }, who)).json()) as Bundle;
  return bundle.entry?.[0]?.resource?.id ?? '';
}

/** Everything this reader is shown of a citizen, all pages; empty when there is no such citizen for the reader. */
export async function wholeRecord(gateway: Gateway, who: string, citizen: string, count = 200): Promise<Resource[]> {
  const resources: Resource[] = [];
  let path: string | undefined = `/fhir/Patient/${citizen}/$everything?_count=${count}`;
  while (path !== undefined) {
    const response: Response = await gateway.get(path, who);
    if (response.status === 404) return resources;
    if (response.status !== 200) throw new Error(`answered ${response.status}`);
    const bundle = (await response.json()) as Bundle;
    resources.push(...(bundle.entry ?? []).flatMap(({ resource }) => (resource ? [resource] : [])));
    path = bundle.link?.find(({ relation }) => relation === 'next')?.url.slice(gateway.url.length);
  }
  return resources;
}

/** Codes of the organisations whose own records are among these: what is composed or directory does not count. */
export function custodiansOf(resources: readonly Resource[]): string[] {
  return [...new Set(resources.filter(({ resourceType }) => !['Patient', 'Organization', 'Provenance', 'OperationOutcome'].includes(resourceType))
    .flatMap(({ meta }) => meta?.tag?.map(({ code }) => code ?? '') ?? []))].sort();
}

/** An objection to sharing the whole record. */
export function objectionOf(citizen: string): Consent {
  return {
    resourceType: 'Consent', status: 'active', scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: [{ coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'IDSCL' }] }], patient: { reference: `Patient/${citizen}` },
    dateTime: '2026-06-30T10:00:00+01:00', policyRule: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/v3-ActCode', code: 'OPTOUT' }] }, provision: { type: 'deny' },
  };
}

/** The same in other words. */
export async function fileChoiceAbout(gateway: Gateway, citizen: string, changes: Partial<Consent>, who = 'privacy-officer'): Promise<Response> {
  return fetch(`${gateway.url}/fhir/Consent`, {
    method: 'POST', body: JSON.stringify({ ...objectionOf(citizen), ...changes }), headers: { Authorization: `Bearer ${await gateway.token(who)}`, 'Content-Type': 'application/fhir+json' },
  });
}

export async function fileObjection(gateway: Gateway, citizen: string, who = 'privacy-officer'): Promise<Response> {
  return fileChoiceAbout(gateway, citizen, {}, who);
}
