import type { Organization } from '@medplum/fhirtypes';
import { strings } from '../strings.ts';

export const componentExtension = 'https://fhir.bicp.example/StructureDefinition/component';

/** Where a referral can go: an organisation, and the part of the programme it takes referrals for. */
export interface Destination {
  /** `component@Organization id`: what a form holds */
  key: string;
  component: { system: string; code: string; display: string };
  /** id of the Organization */
  organisation: string;
  name: string;
  identifier: { system: string; value: string };
  /** the service and the organisation, for a list to choose from */
  label: string;
  /** outside the care team: only with the person's explicit yes */
  needsYes: boolean;
}

const words = strings.referral;
/** Voluntary support: what it may learn of anybody needs the person's explicit consent. */
const voluntary = ['nns'];

/** What the directory says of who takes referrals for what, by service. */
export function destinationsOf(organisations: readonly Organization[]): Destination[] {
  return organisations.flatMap(({ id = '', name = '', active, identifier: [own] = [], extension = [] }) => (active === false ? [] : extension.flatMap(({ url, valueCoding }) => {
    const { system = '', code = '', display = code } = valueCoding ?? {};
    if (url !== componentExtension || code === '') return [];
    const service = words.services[code] ?? display;
    return [{ key: `${code}@${id}`, component: { system, code, display }, organisation: id, name, identifier: { system: own?.system ?? '', value: own?.value ?? '' }, label: words.destination(service, name), needsYes: voluntary.includes(code) }];
  }))).sort((a, b) => a.label.localeCompare(b.label, 'en-GB'));
}

/** The Organization somebody acts for: `system|value` → its row. */
export function ownOrganisation(organisations: readonly Organization[], key: string): Organization | undefined {
  return organisations.find(({ identifier = [] }) => identifier.some(({ system, value }) => `${system ?? ''}|${value ?? ''}` === key));
}

/** The part of the programme an organisation gives advice for by phone: the one at the hospital's front door. */
export function adviceFrom(own: Organization): Destination | undefined {
  return destinationsOf([own]).find(({ component }) => component.code === 'front-door');
}
