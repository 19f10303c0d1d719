import type { Extension } from '@medplum/fhirtypes';
import { canonicalJson } from '../fhir/canonical-json.ts';
import type { SingleValue } from './choose-value.ts';
import { singleElements } from './choose-value.ts';
import { withoutId } from './compose-lists.ts';
import { extensionFolding } from './extension-folding.ts';
import { fold } from './fold.ts';
import type { OrderedSources } from './order-sources.ts';
import { organisationReference } from '../fhir/organisation-reference.ts';
import { byVoices, collect } from './said-by.ts';
import type { Said } from './said-by.ts';
import type { SourcePatient } from './types.ts';

const structure = 'https://fhir.bicp.example/StructureDefinition';
/** On a composed Patient: `element`, the `value` it does not show as its own, and each `custodian` who says it. */
export const alternativeValueUrl = `${structure}/alternative-value`;
/** On a composed Patient: valueBoolean true when no visible source has an NHS number verified against the national record (status 01). */
export const notTracedUrl = `${structure}/nhs-number-not-traced`;

/**
 * The sources' own extensions, by url. Where a source repeats a url all that differ are kept; otherwise it is a fact
 * a person has once (ethnic category): what most organisations say is shown, and what really differs as alternatives. That one
 * record was not traced is not carried over: it is said anew of all of them together.
 */
export function composeExtensions({ newestFirst: ordered }: OrderedSources): Said<Extension>[] {
  const urls = [...new Set(ordered.flatMap(({ resource }) => (resource.extension ?? []).map(({ url }) => url)))].filter((url) => url !== notTracedUrl).sort();
  return urls.flatMap((url) => {
    const of = ({ resource }: SourcePatient): Extension[] => (resource.extension ?? []).filter((extension) => extension.url === url).map(withoutId);
    const said = fold(collect(ordered, of, canonicalJson), extensionFolding);
    if (ordered.some((source) => of(source).length > 1)) return said;
    const [chosen, ...others] = said.sort(byVoices);
    return chosen ? [chosen, ...others.map(({ value, by }) => ({ value: alternativeExtension(value, by), by }))] : [];
  });
}

/** What others say of an element that exists once. */
export function alternativeValue(element: string, { value, by }: Said<SingleValue>): Said<Extension> {
  const type = singleElements[element]?.[value.property] ?? 'String';
  const carried = { url: 'value', [`value${type}`]: value.value, ...(value.beside ? { [`_value${type}`]: { extension: value.beside } } : {}) } as Extension;
  return { value: alternative(value.property, carried, by), by };
}

function alternativeExtension(extension: Extension, by: readonly SourcePatient[]): Extension {
  return alternative(extension.url, { ...extension, url: 'value' }, by);
}

function alternative(element: string, value: Extension, by: readonly SourcePatient[]): Extension {
  const custodians = new Map(by.map((source) => [source.custodian, source]));
  const named = [...custodians.values()].sort((a, b) => (a.custodian < b.custodian ? -1 : 1));
  return {
    url: alternativeValueUrl,
    extension: [
      { url: 'element', valueString: element },
      value,
      ...named.map((source): Extension => ({ url: 'custodian', valueReference: organisationReference(source.custodian, source.custodianName) })),
    ],
  };
}
