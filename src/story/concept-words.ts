import type { CodeableConcept, Coding, Extension, Reference } from '@medplum/fhirtypes';

const ours = 'https://fhir.bicp.example';
export const snomed = 'http://snomed.info/sct';
/** A code system of ours by its name. */
export const codeSystem = (name: string): string => `${ours}/CodeSystem/${name}`;
/** An extension of ours by its name. */
export const extensionUrl = (name: string): string => `${ours}/StructureDefinition/${name}`;

/** A concept as its sender worded it, else as its first code is called. */
export function conceptText(concept: CodeableConcept | undefined): string | undefined {
  return concept?.text ?? concept?.coding?.find(({ display }) => display !== undefined)?.display ?? concept?.coding?.[0]?.code;
}

export function conceptsText(concepts: readonly CodeableConcept[] | undefined): string | undefined {
  const texts = [...new Set((concepts ?? []).flatMap((concept) => conceptText(concept) ?? []))];
  return texts.length === 0 ? undefined : texts.join(', ');
}

export function hasCode(concept: CodeableConcept | undefined, system: string, ...codes: readonly string[]): boolean {
  return concept?.coding?.some((coding) => coding.system === system && codes.includes(coding.code ?? '')) ?? false;
}

export function extensionOf(resource: { extension?: Extension[] | undefined }, url: string): Extension | undefined {
  return resource.extension?.find((extension) => extension.url === url);
}

/** The programme's component a record is of. */
export function componentOf(resource: { extension?: Extension[] | undefined }): Coding | undefined {
  return extensionOf(resource, extensionUrl('component'))?.valueCoding;
}

/** Names of what is referred to, each once; the smallest unit first, because a reference to the directory is the whole organisation. */
export function namesOf(references: readonly (Reference | undefined)[] | undefined): string[] {
  const named = (references ?? []).filter((reference) => reference?.display !== undefined);
  const ordered = [...named.filter((each) => each?.reference === undefined), ...named.filter((each) => each?.reference !== undefined)];
  return [...new Set(ordered.flatMap((each) => each?.display ?? []))];
}

/** Parts of a line that are there, in order. */
export function joinWords(parts: readonly (string | undefined)[], separator = ', '): string {
  return parts.filter((part) => part !== undefined && part !== '').join(separator);
}
