import type { Purpose, RelationshipKind, SharingRole } from '../fhir/sharing.ts';
import { namableLabels } from '../fhir/sharing-labels.ts';
import { purposes, relationshipKinds, sharingCategories, sharingRoles } from '../fhir/sharing.ts';
import type { NoticeMode } from './types.ts';

/** What a file in agreements/ says, once its shape is checked. Parties are named by their short id. */
export interface AgreementContent {
  id: string;
  version: string;
  title: string;
  purposesText?: string;
  /** calendar days in London; `to` is the last day in force */
  period: { from: string; to: string };
  reviewDate: string;
  lawfulBases: string[];
  retention?: string;
  exclusions?: string[];
  parties: { id: string; name: string; identifier: { system: string; value: string }; capacity: 'controller' | 'processor'; signatoryRole: string }[];
  /** primary care networks: a clause that names one names its practices */
  networks?: { id: string; name: string; practices: string[] }[];
  clauses: {
    number: string;
    text: string;
    from: string[];
    to: string[];
    purposes: Purpose[];
    roles: SharingRole[];
    categories: (typeof sharingCategories)[number][];
    consentBasis: 'implied' | 'explicit';
    labels?: string[];
    excludedLabels?: string[];
    relationships?: RelationshipKind[];
    notice?: NoticeMode;
    retention?: string;
  }[];
}

const words = { type: 'string', minLength: 1, maxLength: 4000 } as const;
const calendarDay = { type: 'string', format: 'date', description: 'a calendar day like 2026-03-31' } as const;
const partyId = { type: 'string', pattern: '^[a-z][a-z0-9-]{0,31}$', description: 'a short lower-case id like uhb' } as const;
const oneOrMore = <T>(items: T) => ({ type: 'array', items, minItems: 1, maxItems: 1000, uniqueItems: true }) as const;
/** a list of objects that carry their own number or id: that these are used once is checked by name elsewhere */
const listOf = <T>(items: T, minItems: number, maxItems: number) => ({ type: 'array', items, minItems, maxItems }) as const;
const oneOf = <T>(values: readonly T[]) => ({ type: 'string', enum: values }) as const;
const closed = <T extends object>(properties: T, optional: readonly (keyof T)[] = []) => ({
  type: 'object', properties, required: Object.keys(properties).filter((key) => !optional.includes(key as keyof T)), additionalProperties: false,
}) as const;

/** JSON Schema (draft-07) of agreements/*.yaml. Every object is closed: a key nobody reads would be a promise nobody keeps. */
export const agreementSchema = closed({
  id: { type: 'string', pattern: '^[a-z][a-z0-9-]{2,39}$', description: 'a lower-case id like bicp-early-intervention' },
  version: { type: 'string', pattern: '^\\d{1,4}(\\.\\d{1,4}){0,2}$', description: 'a version in quotes like "1.0"' },
  title: { ...words, maxLength: 200 },
  purposesText: words,
  period: closed({ from: calendarDay, to: calendarDay }),
  reviewDate: calendarDay,
  lawfulBases: oneOrMore(words),
  retention: words,
  exclusions: oneOrMore(words),
  parties: listOf(closed({
    id: partyId,
    name: { ...words, maxLength: 200 },
    identifier: closed({
      system: { type: 'string', pattern: '^https?://[^\\s|]+$', description: 'an absolute web address' },
      value: { type: 'string', pattern: '^[^\\s|]+$', description: 'an identifier without spaces' },
    }),
    capacity: oneOf(['controller', 'processor']),
    signatoryRole: { ...words, maxLength: 200 },
  }), 2, 1000),
  networks: listOf(closed({ id: partyId, name: { ...words, maxLength: 200 }, practices: oneOrMore(partyId) }), 1, 200),
  clauses: listOf(closed({
    number: { type: 'string', pattern: '^\\d{1,3}(\\.\\d{1,3}){0,3}$', description: 'a clause number in quotes like "4.10"' },
    text: words,
    from: oneOrMore(partyId),
    to: oneOrMore(partyId),
    purposes: oneOrMore(oneOf(purposes)),
    roles: oneOrMore(oneOf(sharingRoles)),
    categories: oneOrMore(oneOf(sharingCategories)),
    consentBasis: oneOf(['implied', 'explicit']),
    labels: oneOrMore(oneOf(namableLabels)),
    excludedLabels: oneOrMore(oneOf(namableLabels)),
    relationships: oneOrMore(oneOf(relationshipKinds)),
    notice: oneOf(['none', 'generic', 'organisation']),
    retention: words,
  }, ['labels', 'excludedLabels', 'relationships', 'notice', 'retention']), 1, 500),
}, ['purposesText', 'retention', 'exclusions', 'networks']);
