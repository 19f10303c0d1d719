import type { Consent, ConsentProvision } from '@medplum/fhirtypes';
import { formatDateTime, notRecorded } from '../format.ts';
import { strings } from '../strings.ts';

/** A choice as it was recorded. */
export interface ChoiceView {
  id: string;
  kind: string;
  state: string;
  counts: boolean;
  decided: string;
  recorded: string;
  by: string;
  exceptions: number;
  consent: Consent;
  /** recorded by this organisation, which alone may change it */
  own: boolean;
}

const words = strings.choices;
const optOutSystem = 'https://fhir.bicp.example/CodeSystem/opt-out';
const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
const rules: Readonly<Record<string, string>> = { OPTOUT: 'deny', OPTOUTE: 'deny', OPTIN: 'permit', OPTINR: 'permit', IMPLIED: 'agreements' };

/** Those that count first, then the newest decision first. `organisation`: `system|value` of whoever looks; `names` of organisations by the same. */
export function choicesOf(consents: readonly Consent[], organisation: string, names: ReadonlyMap<string, string> = new Map()): ChoiceView[] {
  return [...consents].sort((a, b) => Number(b.status === 'active') - Number(a.status === 'active') || (b.dateTime ?? '').localeCompare(a.dateTime ?? '')).map((consent) => {
    const kind = kindOf(consent);
    const tags = consent.meta?.tag ?? [];
    return {
      id: consent.id ?? '', kind: words.kinds[kind] ?? kind, state: words.states[consent.status ?? ''] ?? strings.agreements.noState, counts: consent.status === 'active',
      decided: formatDateTime(consent.dateTime), recorded: formatDateTime(consent.meta?.lastUpdated), by: tags.flatMap(({ system, display, code }) => names.get(`${system ?? ''}|${code ?? ''}`) ?? display ?? code ?? []).join(', ') || notRecorded,
      exceptions: exceptionsIn(consent.provision), consent, own: tags.some(({ system, code }) => `${system ?? ''}|${code ?? ''}` === organisation),
    };
  });
}

/** An opt-out names itself; else the rule says it, or the type of the outermost provision. */
function kindOf({ category, policyRule, provision }: Consent): string {
  const optOut = (category ?? []).flatMap(({ coding }) => coding ?? []).find(({ system }) => system === optOutSystem)?.code;
  return optOut ?? rules[policyRule?.coding?.[0]?.code ?? ''] ?? provision?.type ?? 'unknown';
}

function exceptionsIn(provision: ConsentProvision | undefined): number {
  return (provision?.provision ?? []).reduce((sum, inner) => sum + 1 + exceptionsIn(inner), 0);
}

/** What somebody decided, as the gateway takes it. `decided`: YYYY-MM-DD. */
export function consentFor(citizen: string, kind: 'deny' | 'permit' | 'national-opt-out', decided: string): Consent {
  const optOut = kind === 'national-opt-out';
  return {
    resourceType: 'Consent', status: 'active', scope: { coding: [{ system: 'http://terminology.hl7.org/CodeSystem/consentscope', code: 'patient-privacy' }] },
    category: optOut ? [{ coding: [{ system: actCode, code: 'RESEARCH' }] }, { coding: [{ system: optOutSystem, code: kind }] }] : [{ coding: [{ system: actCode, code: kind === 'deny' ? 'IDSCL' : 'INFA' }] }],
    patient: { reference: `Patient/${citizen}` }, dateTime: decided, policyRule: { coding: [{ system: actCode, code: kind === 'permit' ? 'OPTIN' : 'OPTOUT' }] }, provision: { type: kind === 'permit' ? 'permit' : 'deny' },
  };
}
