import type { Bundle, Composition, CompositionSection, Extension, Provenance, Reference, Resource } from '@medplum/fhirtypes';
import { formatReference } from '../../format.ts';
import { partOf } from '../parts/extension-parts.ts';
import { extensionOf } from '../parts/title-of.ts';

/** A record a line rests on: whose, which version, and when it was said. */
export interface Said {
  /** `Type/id/_history/version` */
  version: string;
  organisation: string;
  /** FHIR date, dateTime or instant */
  on: string | undefined;
  byThePerson: boolean;
}

/** That somebody asked and it was still right. */
export interface Confirmed {
  person: string;
  organisation: string;
  /** FHIR instant */
  at: string | undefined;
}

export interface Line {
  /** what sort of thing it says: CodeSystem story-item */
  code: string;
  text: string;
  said: Said[];
  confirmed: Confirmed | undefined;
}

/** Lines that belong together. */
export interface LineGroup {
  code: string;
  title: string;
  lines: Line[];
}

export interface ToldSection {
  lines: Line[];
  groups: LineGroup[];
  /** why there is no line */
  empty: string | undefined;
}

/** One section of the document of Patient/{id}/$story, by its code: profiles/StructureDefinition-OneStory-Composition.json. */
export function sectionIn(document: Bundle, code: string): ToldSection {
  const entries = document.entry ?? [];
  const composition = entries.map(({ resource }) => resource).find((resource): resource is Composition => resource?.resourceType === 'Composition');
  const records = new Map(entries.flatMap(({ fullUrl, resource }) => (fullUrl !== undefined && resource ? [[fullUrl, resource] as const] : [])));
  const section = composition?.section?.find((each) => codeOf(each) === code);
  const parts = section?.section ?? [];
  return {
    lines: parts.filter(({ section: lines }) => lines === undefined).map((part) => lineOf(part, records)),
    groups: parts.flatMap((part) => (part.section === undefined ? [] : [{ code: codeOf(part), title: part.title ?? '', lines: part.section.map((line) => lineOf(line, records)) }])),
    empty: section?.emptyReason?.text,
  };
}

function codeOf({ code }: CompositionSection): string {
  return code?.coding?.[0]?.code ?? '';
}

function lineOf(part: CompositionSection, records: ReadonlyMap<string, Resource>): Line {
  const entry = part.entry ?? [];
  const confirmation = entry.map(({ reference }) => records.get(reference ?? '')).find((resource): resource is Provenance => resource?.resourceType === 'Provenance');
  return { code: codeOf(part), text: part.title ?? '', said: entry.flatMap(saidIn), confirmed: confirmation && confirmedBy(confirmation) };
}

function saidIn(reference: Reference): Said[] {
  const said: Extension | undefined = extensionOf(reference, 'said-by');
  const version = /[A-Za-z]+\/[^/]+\/_history\/\d+$/.exec(partOf(said, 'record')?.valueReference?.reference ?? '')?.[0];
  if (version === undefined) return [];
  return [{ version, organisation: formatReference(partOf(said, 'custodian')?.valueReference), on: partOf(said, 'on')?.valueDateTime, byThePerson: partOf(said, 'by-the-person')?.valueBoolean === true }];
}

function confirmedBy({ agent, recorded }: Provenance): Confirmed {
  const [who] = agent ?? [];
  return { person: formatReference(who?.who), organisation: formatReference(who?.onBehalfOf), at: recorded };
}
