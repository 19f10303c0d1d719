/** A document (http://hl7.org/fhir/R4/documents.html) as JSON text, its Composition first; stored records as the texts they are. */
export function documentText(composition: { id: string }, at: Date, entries: readonly string[]): string {
  const identifier = { system: 'urn:ietf:rfc:3986', value: `urn:uuid:${composition.id}` };
  return `{"resourceType":"Bundle","type":"document","identifier":${JSON.stringify(identifier)},"timestamp":${JSON.stringify(at.toISOString())},"entry":[${[composedEntry(composition), ...entries].join(',')}]}`;
}

/** What is composed has a name and no address. */
export function composedEntry(resource: { id: string }): string {
  return entryAt(`urn:uuid:${resource.id}`, JSON.stringify(resource));
}

export function entryAt(fullUrl: string, text: string): string {
  return `{"fullUrl":${JSON.stringify(fullUrl)},"resource":${text}}`;
}
