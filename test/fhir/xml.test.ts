import { readFileSync } from 'node:fs';
import { canonicalJson } from '../../src/fhir/canonical-json.ts';
import { loadDefinitions } from '../../src/fhir/definitions.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import { parseExact } from '../../src/fhir/parse-exact.ts';
import { readXml } from '../../src/fhir/xml/read-xml.ts';
import { writeXml } from '../../src/fhir/xml/write-xml.ts';
import { sharedSamples } from '../shared-data.ts';

beforeAll(() => { loadDefinitions(); });

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const limits = { maxBytes: 20_000_000, maxDepth: 64 };

function fromXml(xml: string): JsonObject {
  const read = readXml(bytes(xml), limits);
  if ('problem' in read) throw new Error(`${read.problem.code} ${JSON.stringify(read.problem.at)}`);
  return read.value;
}

const head = '<?xml version="1.0" encoding="UTF-8"?>';
const patient = (inside: string): string => `<Patient xmlns="http://hl7.org/fhir">${inside}</Patient>`;

describe('a resource in XML', () => {
  it('has its elements in the order of the definitions, and values in attributes', () => {
    expect(writeXml({ birthDate: '1950-01-02', active: true, resourceType: 'Patient', name: [{ family: 'Ward', given: ['Ann', 'Bea'] }], id: '1' }))
      .toBe(`${head}${patient('<id value="1"/><active value="true"/><name><family value="Ward"/><given value="Ann"/><given value="Bea"/></name><birthDate value="1950-01-02"/>')}`);
  });

  it('may be indented, all but its narrative', () => {
    const div = '<div xmlns="http://www.w3.org/1999/xhtml"><p>A  <b>b</b></p></div>';
    expect(writeXml({ resourceType: 'Patient', text: { status: 'generated', div }, name: [{ family: 'Ward' }] }, { indent: true }).split('\n')).toEqual([
      head, '<Patient xmlns="http://hl7.org/fhir">', '  <text>', '    <status value="generated"/>', `    ${div}`, '  </text>', '  <name>', '    <family value="Ward"/>', '  </name>', '</Patient>']);
  });

  it.each<[string, string, string]>([
    ['numbers as they were written', '{"resourceType":"Observation","valueQuantity":{"value":0.010},"referenceRange":[{"low":{"value":1.00E2}}]}', '<valueQuantity><value value="0.010"/></valueQuantity><referenceRange><low><value value="1.00E2"/></low></referenceRange>'],
    ['marks and white space, escaped', '{"resourceType":"Observation","valueString":"a<b>&\\"c\\"\\n\\td"}', '<valueString value="a&lt;b&gt;&amp;&quot;c&quot;&#10;&#9;d"/>'],
    ['ids and extensions beside a value', '{"resourceType":"Observation","valueString":"a","_valueString":{"id":"v","extension":[{"url":"urn:x","valueBoolean":false}]}}', '<valueString id="v" value="a"><extension url="urn:x"><valueBoolean value="false"/></extension></valueString>'],
    ['an extension instead of a value', '{"resourceType":"Observation","_valueString":{"extension":[{"url":"urn:x","valueCode":"unknown"}]}}', '<valueString><extension url="urn:x"><valueCode value="unknown"/></extension></valueString>'],
    ['a resource in a resource', '{"resourceType":"Observation","contained":[{"resourceType":"Device","id":"d"},{"resourceType":"Patient","id":"p"}]}', '<contained><Device><id value="d"/></Device></contained><contained><Patient><id value="p"/></Patient></contained>'],
  ])('holds %s, and reads back', (_what, json, xml) => {
    const written = writeXml(parseExact(json));
    expect(written).toBe(`${head}<Observation xmlns="http://hl7.org/fhir">${xml}</Observation>`);
    expect(JSON.stringify(fromXml(written))).toBe(json);
  });

  it('keeps repeated values and what stands beside them at the same place', () => {
    const name = { given: ['A', null, 'C'], _given: [null, { extension: [{ url: 'urn:x', valueCode: 'masked' }] }, { id: 'c' }] };
    const written = writeXml({ resourceType: 'Patient', name: [name] });
    expect(written).toContain('<given value="A"/><given><extension url="urn:x"><valueCode value="masked"/></extension></given><given id="c" value="C"/>');
    expect(fromXml(written)['name']).toEqual([name]);
  });

  it('keeps elements of an element of its own kind apart', () => {
    const item = [{ linkId: '1', type: 'group', item: [{ linkId: '1.1', type: 'decimal', enableWhen: [{ question: '1', operator: '=', answerInteger: 2 }] }] }];
    expect(fromXml(writeXml({ resourceType: 'Questionnaire', status: 'draft', item }))['item']).toEqual(item);
  });

  it('cannot be broken by a narrative that is none, nor by a character XML has not', () => {
    for (const div of ['<div xmlns="http://www.w3.org/1999/xhtml"><p></div>', '</div><Patient/>', '<div>no namespace</div>', '<!DOCTYPE x><div xmlns="http://www.w3.org/1999/xhtml"/>', 'a\u0001 &amp;']) {
      const read = fromXml(writeXml({ resourceType: 'Patient', text: { status: 'generated', div } }));
      expect(read).toMatchObject({ text: { div: expect.stringMatching(/^<div xmlns="http:\/\/www.w3.org\/1999\/xhtml">[^<]*<\/div>$/) as string } });
    }
    expect(fromXml(writeXml({ resourceType: 'Patient', language: 'a\u0001b\ud800' }))['language']).toBe('a\ufffdb\ufffd');
  });

  it('is not written without a member it has', () => {
    expect(() => writeXml({ resourceType: 'Patient', unheardOf: 1 })).toThrow('not defined');
    expect(() => writeXml({ resourceType: 'Patient', name: [{ family: 'x', __proto__x: 'y' }] })).toThrow('not defined');
  });
});

const refused: [what: string, xml: string, code: string, line: number, place: { column?: number; pointer?: string }][] = [
  ['a billion laughs', `<!DOCTYPE l [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>${patient('<language value="&b;"/>')}`, 'xml-doctype', 1, {}],
  ['an external DTD', `<!DOCTYPE Patient SYSTEM "http://127.0.0.1:9/x.dtd">${patient('')}`, 'xml-doctype', 1, {}],
  ['an entity nobody declared', patient('<language value="&secret;"/>'), 'xml-syntax', 1, {}],
  ['an entity of HTML in a narrative', patient('<text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml">&nbsp;</div></text>'), 'xml-syntax', 1, {}],
  ['another namespace', '<Patient xmlns="urn:hl7-org:v3"/>', 'xml-namespace', 1, {}],
  ['no namespace', '\n<Patient/>', 'xml-namespace', 2, {}],
  ['a root that is no resource', '<HumanName xmlns="http://hl7.org/fhir"/>', 'xml-unexpected', 1, {}],
  ['an element nobody knows', patient('\n <name>\n  <surname value="x"/></name>'), 'xml-unexpected', 3, { column: 23, pointer: '/name/0' }],
  ['an element of another type', patient('<valueString value="x"/>'), 'xml-unexpected', 1, {}],
  ['an attribute nobody knows', patient('<active valeu="true"/>'), 'xml-unexpected', 1, { pointer: '/active' }],
  ['a value that is an element', patient('<active><value>true</value></active>'), 'xml-unexpected', 1, {}],
  ['a value that is text', patient('<active>true</active>'), 'xml-unexpected', 1, {}],
  ['an element that is an attribute', patient('<name><id value="n"/></name>'), 'xml-unexpected', 1, {}],
  ['a value on what has none', patient('<name value="x"/>'), 'xml-unexpected', 1, {}],
  ['no value', patient('<active/>'), 'xml-value', 1, {}],
  ['an empty value', patient('<language value=""/>'), 'xml-value', 1, {}],
  ['an empty element', patient('<name/>'), 'xml-value', 1, {}],
  ['a boolean that is none', patient('<active value="yes"/>'), 'xml-value', 1, { pointer: '/active' }],
  ['a number that is none', patient('<multipleBirthInteger value="1.5"/>'), 'xml-value', 1, {}],
  ['a number beyond all bounds', '<Observation xmlns="http://hl7.org/fhir"><valueQuantity><value value="1e999"/></valueQuantity></Observation>', 'xml-value', 1, {}],
  ['a single element twice', patient('<active value="true"/>\n<active value="false"/>'), 'xml-repeated', 2, {}],
  ['a choice without a resource', patient('<contained/>'), 'xml-value', 1, {}],
  ['two resources in one place', patient('<contained><Device><id value="a"/></Device><Device><id value="b"/></Device></contained>'), 'xml-repeated', 1, {}],
  ['two narratives', patient('<text><div xmlns="http://www.w3.org/1999/xhtml"/><div xmlns="http://www.w3.org/1999/xhtml"/></text>'), 'xml-repeated', 1, {}],
  ['a narrative with a prefix', patient('<text><h:div xmlns:h="http://www.w3.org/1999/xhtml"/></text>'), 'xml-namespace', 1, {}],
  ['FHIR in a narrative', patient('<text><div xmlns="http://www.w3.org/1999/xhtml"><x xmlns="http://hl7.org/fhir"/></div></text>'), 'xml-namespace', 1, {}],
  ['XInclude', patient('<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd"/>'), 'xml-namespace', 1, {}],
  ['200 levels', patient(`${'<extension url="u">'.repeat(200)}`), 'xml-too-deep', 1, {}],
  ['__proto__', patient('<__proto__ value="x"/>'), 'xml-unexpected', 1, {}],
  ['constructor', patient('<constructor value="x"/>'), 'xml-unexpected', 1, {}],
  ['half a document', patient('').slice(0, -4), 'xml-syntax', 1, {}],
  ['JSON', '{"resourceType":"Patient"}', 'xml-syntax', 1, {}],
  ['nothing', '', 'xml-syntax', 1, {}],
];

describe('a body of XML that is refused', () => {
  it.each(refused)('%s', (_what, xml, code, line, place) => {
    const read = readXml(bytes(xml), limits);
    const problem = 'problem' in read ? read.problem : undefined;
    expect([problem?.code, problem?.at?.line]).toEqual([code, line]);
    expect(problem?.at?.column).toBeGreaterThan(0);
    expect(problem?.at).toMatchObject(place);
    expect(JSON.stringify(problem)).not.toMatch(/secret|passwd|surname/);
    expect(({} as { value?: string }).value).toBeUndefined();
  });

  it('bytes that are not UTF-8, another encoding, and too many', () => {
    const codeOf = (body: Uint8Array, maxBytes = 1000): string | undefined => {
      const read = readXml(body, { maxBytes });
      return 'problem' in read ? read.problem.code : undefined;
    };
    expect([codeOf(Uint8Array.of(0x3c, 0xff)), codeOf(bytes(`<?xml version="1.0" encoding="UTF-16"?>${patient('')}`)), codeOf(bytes(patient('')), 5), codeOf(bytes(`\ufeff${patient('')}`))])
      .toEqual(['encoding', 'encoding', 'xml-too-large', undefined]);
  });

  it('more elements than are accepted, told before they are all read', () => {
    const read = readXml(bytes(patient('<name><family value="x"/></name>'.repeat(2_000))), { ...limits, maxElements: 1_000 });
    expect('problem' in read && read.problem.code).toBe('xml-too-many-elements');
  });
});

describe('what others published', () => {
  const specification = sharedSamples('fhir_r4_spec_examples');
  specification.it('every example of R4 is the same after XML as before', () => {
    const examples = specification.files(/\.json$/);
    const lost = examples.flatMap((file) => {
      const before = parseExact(readFileSync(file, 'utf8'));
      const after = fromXml(writeXml(before));
      return canonicalJson(after) === canonicalJson(before) ? [] : [file.slice(file.lastIndexOf('/') + 1)];
    });
    process.stdout.write(`R4 examples through XML and back: ${examples.length - lost.length} of ${examples.length} equal.\n`);
    // its narrative has lines that end in CR LF, which is LF to every reader of XML (XML 1.0, 2.11)
    expect(lost).toEqual(['Bundle-types.json']);
  });

  const british = sharedSamples('uk_samples');
  british.it('XML others wrote is read, and written so that it reads the same', () => {
    const unread: string[] = [];
    for (const file of british.files(/^(?:bars|nhse)\/[^/]*\.xml$/)) {
      const read = readXml(readFileSync(file), limits);
      if ('problem' in read) unread.push(`${file.slice(british.path.length)}: ${read.problem.code} ${JSON.stringify(read.problem.at)}`);
      else expect(canonicalJson(fromXml(writeXml(read.value, { indent: true })))).toBe(canonicalJson(read.value));
    }
    expect(unread).toEqual([]);
  });
});
