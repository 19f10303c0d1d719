import { negotiateForm, type Form } from '../../../src/edge/http/negotiate-form.ts';

const both: Form[] = ['json', 'xml'];
const asked = (accept: string | undefined, { format, contentType, offered = both }: { format?: string; contentType?: string; offered?: Form[] } = {}): Form | number => {
  const found = negotiateForm({ accept, format, contentType }, offered);
  return 'form' in found ? found.form : 406;
};

describe('the form of an answer', () => {
  it.each<[string | undefined, Form | number]>([
    [undefined, 'json'], ['', 'json'], ['*/*', 'json'], ['application/*', 'json'], ['text/*', 'json'], ['text/html,application/xhtml+xml,*/*;q=0.8', 'json'],
    ['application/fhir+json', 'json'], ['application/json', 'json'], ['text/json', 'json'], ['APPLICATION/FHIR+JSON; charset=utf-8', 'json'],
    ['application/fhir+xml', 'xml'], ['application/xml', 'xml'], ['text/xml', 'xml'], ['application/fhir+xml;q=0.1', 'xml'],
    ['application/fhir+xml, application/fhir+json;q=0.9', 'xml'], ['application/fhir+xml;q=0.9, application/fhir+json', 'json'], ['application/fhir+xml, application/fhir+json', 'json'],
    ['application/fhir+json;q=0, */*', 'xml'], ['application/fhir+json;q=0', 406], ['*/*;q=0', 406], ['*/*;q=0.1, application/fhir+xml;q=0.2', 'xml'],
    ['application/fhir+json;fhirVersion=4.0', 'json'], ['application/fhir+xml; fhirVersion="4.0"', 'xml'], ['application/fhir+json;fhirVersion=3.0', 406], ['application/fhir+xml;fhirVersion=5.0, application/fhir+json;q=0.1', 'json'],
    ['text/html', 406], ['application/pdf, image/*', 406], ['text/turtle', 406], ['nonsense', 406],
  ])('Accept: %s gives %s', (accept, form) => { expect(asked(accept)).toBe(form); });

  it.each<[string, Form | number]>([
    ['json', 'json'], ['xml', 'xml'], ['application/fhir+xml', 'xml'], ['application/fhir xml', 'xml'], ['text/xml', 'xml'], ['application/fhir+json;fhirVersion=4.0', 'json'], ['ttl', 406], ['html', 406], ['', 406],
  ])('_format=%s counts before Accept: %s', (format, form) => { expect(asked('text/html', { format })).toBe(form); });

  it('is that of the body where nothing else decides', () => {
    const contentType = 'application/fhir+xml; charset=utf-8';
    expect([asked(undefined, { contentType }), asked('*/*', { contentType }), asked('application/fhir+json', { contentType }), asked(undefined, { contentType: 'application/x-www-form-urlencoded' })]).toEqual(['xml', 'xml', 'json', 'json']);
  });

  it('is JSON alone where nothing else is offered', () => {
    expect([asked('application/fhir+xml', { offered: ['json'] }), asked('application/fhir+xml, */*;q=0.1', { offered: ['json'] }), asked(undefined, { offered: ['json'], contentType: 'text/xml' })]).toEqual([406, 'json', 'json']);
  });
});
