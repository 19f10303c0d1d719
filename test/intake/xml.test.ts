import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { loadDefinitions } from '../../src/fhir/definitions.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import { parseXml, xmlLimits } from '../../src/intake/documents/parse-xml.ts';
import { readRow } from '../../src/intake/read-row.ts';
import { splitSource } from '../../src/intake/split-source.ts';
import type { DocumentSchema } from '../../src/intake/schema-types.ts';
import type { Feed, Kind, RowInput } from '../../src/intake/types.ts';
import type { Problem } from '../../src/fhir/problem.ts';
import { sharedSamples } from '../shared-data.ts';

const text = { type: 'array', items: { type: 'object', required: ['xmlText'], additionalProperties: false, properties: { xmlText: { type: 'string' } } } };
const document: DocumentSchema = {
  rows: 'plan.combine(envelope.plan)',
  personKey: 'person.id',
  messageId: 'id',
  recordKey: 'id',
  namespaces: ['urn:example:plans', 'urn:example:envelope'],
  schema: {
    type: 'object', required: ['id', 'person'], additionalProperties: false,
    properties: {
      id: { type: 'string' }, type: { type: 'string' }, note: text,
      person: {
        type: 'array', maxItems: 1,
        items: { type: 'object', required: ['id'], additionalProperties: false, properties: { id: { type: 'string' }, born: { type: 'array', items: { type: 'object', properties: { value: { type: 'string', format: 'date' } }, additionalProperties: false } }, name: text } },
      },
    },
  },
};
const kind: Kind = {
  name: 'plans', title: 'Plans', format: 'xml', update: 'snapshot', zone: 'Europe/London', limits: { maxBytes: 30_000_000, maxRows: 3 },
  parts: [{ name: '', map: 'plan.map', document }], categories: [{ type: 'Patient', category: 'identity' }],
};
const feed: Feed = {
  key: 'hospice-plans', kind: 'plans', title: 'Plans', system: 'Hospice record',
  partner: { partnerKey: 'hospice', name: 'A hospice', organisation: 'https://fhir.bicp.example/Id/example-code|hospice', identifierBase: 'https://fhir.bicp.example/Id/hospice' },
};

const split = (xml: string): ReturnType<typeof splitSource> => splitSource(kind, feed, '', Buffer.from(xml));
const plan = (inside: string, attributes = 'id="D1"'): string => `<plan xmlns="urn:example:plans" ${attributes}>${inside}</plan>`;
const good = plan('<person id="P1"/>');

function read(xml: string, row = 0): { input: RowInput } | { problems: Problem[] } {
  const { rows, problems } = split(xml);
  const [part] = kind.parts;
  if (problems.length > 0) return { problems };
  if (!part || !rows[row]) throw new Error('no row');
  return readRow(kind, feed, part, rows[row]);
}

function recordOf(xml: string): JsonObject {
  const result = read(xml);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.input.record;
}

beforeAll(() => loadDefinitions());

describe('an XML source as a map reads it', () => {
  it('is elements as lists and attributes as texts, by local names', () => {
    expect(recordOf('<p:plan xmlns:p="urn:example:plans" id="D1"><p:person id="P1"><p:name> Alice </p:name><p:name>Okafor</p:name></p:person></p:plan>'))
      .toEqual({ id: 'D1', person: [{ id: 'P1', name: [{ xmlText: 'Alice' }, { xmlText: 'Okafor' }] }] });
  });

  it('keeps the five entities, numbered characters and CDATA as what they stand for', () => {
    expect(recordOf(plan('<person id="P1"/><note>&lt;b&gt; &amp; &#233; <![CDATA[<i>&]]></note>'))).toMatchObject({ note: [{ xmlText: '<b> & é <i>&' }] });
  });

  it('leaves out namespace declarations, schema locations, comments and processing instructions, and keeps xsi:type', () => {
    const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="urn:example:plans http://127.0.0.1:9/plan.xsd" xsi:type="CD" id="D1"';
    expect(recordOf(`<?xml version="1.0" encoding="utf-8"?><?xml-stylesheet href="http://127.0.0.1:9/"?>${plan('<!-- a --><person id="P1"/>', xsi)}`)).toEqual({ id: 'D1', type: 'CD', person: [{ id: 'P1' }] });
  });

  it('is cut into the records its schema names, each with its line, whom it is about and its id', () => {
    const { rows, problems } = split(`<e:envelope xmlns:e="urn:example:envelope">\n  ${good}\n  ${plan('<person id="P2"/>', 'id="D2"')}\n</e:envelope>`);
    expect(problems).toEqual([]);
    expect(rows.map(({ row, line, personKey, messageId }) => [row, line, personKey, messageId])).toEqual([[1, 2, 'P1', 'D1'], [2, 3, 'P2', 'D2']]);
  });

  it('keeps a record the same text wherever in a file it stands', () => {
    const alone = split(`<e:envelope xmlns:e="urn:example:envelope">\n${good}</e:envelope>`).rows[0];
    expect(split(`<e:envelope xmlns:e="urn:example:envelope">\n\n\n${good}</e:envelope>`).rows[0]).toEqual({ ...alone, line: 4 });
  });
});

describe('mistakes in an XML record', () => {
  it('are all told, as XPath with line and column, and never with a value', () => {
    const told = read(plan('\n  <person id="P1">\n    <born value="11/02/1938"/><shoes size="secret"/>\n  </person>\n  <note/>'));
    expect(told).toMatchObject({ problems: [
      { code: 'value-invalid', expected: 'a date as yyyy-MM-dd that exists', at: { row: 1, line: 3, column: 5, pointer: '/plan/person/born/@value' } },
      { code: 'element-not-in-schema', at: { row: 1, line: 3, column: 31, pointer: '/plan/person/shoes' } },
      { code: 'value-missing', at: { row: 1, line: 5, column: 3, pointer: '/plan/note' } },
    ] });
    expect(JSON.stringify(told)).not.toMatch(/secret|1938/);
  });

  it('tell which of several by its number, and no column where something else began the line', () => {
    expect(read(`<e:envelope xmlns:e="urn:example:envelope">${plan('<person id="P1"><name>A</name><name/></person>')}</e:envelope>`))
      .toMatchObject({ problems: [{ code: 'value-missing', at: { row: 1, line: 1, pointer: '/plan/person/name[2]' } }] });
  });

  it('two records of one key that differ are both refused; the same one twice is not', () => {
    const twice = (second: string): (string | undefined)[] => split(`<e:envelope xmlns:e="urn:example:envelope">${good}${second}</e:envelope>`).rows.map(({ problem }) => problem?.code);
    expect(twice(plan('<person id="P2"/>'))).toEqual(['record-twice', 'record-twice']);
    expect(twice(good)).toEqual([undefined, undefined]);
  });
});

const deep = '<n>'.repeat(100_000);
const attributes = Array.from({ length: 100_000 }, (_, n) => `a${n}="1"`).join(' ');
const attacks: [what: string, xml: string, code: string][] = [
  ['an entity that names a file', '<!DOCTYPE plan [<!ENTITY x SYSTEM "file:///etc/passwd">]><plan>&x;</plan>', 'xml-doctype'],
  ['an entity that names an address', '<!DOCTYPE plan [<!ENTITY x SYSTEM "http://127.0.0.1:9/x">]><plan>&x;</plan>', 'xml-doctype'],
  ['a parameter entity', '<!DOCTYPE plan [<!ENTITY % x SYSTEM "http://127.0.0.1:9/x"> %x;]><plan/>', 'xml-doctype'],
  ['an external DTD', '<!DOCTYPE plan SYSTEM "http://127.0.0.1:9/plan.dtd"><plan/>', 'xml-doctype'],
  ['a billion laughs', `<!DOCTYPE l [<!ENTITY a "ha">${Array.from({ length: 9 }, (_, n) => `<!ENTITY ${'bcdefghij'[n]} "${`&${'abcdefghi'[n]};`.repeat(10)}">`).join('')}]><l>&j;</l>`, 'xml-doctype'],
  ['an entity nobody declared', plan('<note>&secret;</note>'), 'xml-syntax'],
  ['XInclude', plan('<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="file:///etc/passwd" parse="text"/>'), 'xml-namespace'],
  ['another namespace', '<plan xmlns="urn:example:other"/>', 'xml-namespace'],
  ['no namespace', '<plan/>', 'xml-namespace'],
  ['an attribute of another namespace', plan('', 'xmlns:o="urn:other" o:id="1"'), 'xml-namespace'],
  ['elements too deep', plan(deep), 'xml-too-deep'],
  ['elements too many', plan('<n/>'.repeat(xmlLimits.elements)), 'xml-too-many-elements'],
  ['attributes too many', plan('', attributes), 'xml-too-many-attributes'],
  ['a name too long', plan(`<${'n'.repeat(200)}/>`), 'xml-name-too-long'],
  ['an attribute name too long', plan('', `${'n'.repeat(200)}="1"`), 'xml-name-too-long'],
  ['an element named __proto__', plan('<__proto__ polluted="1"/>'), 'xml-forbidden-name'],
  ['an attribute named constructor', plan('', 'constructor="1"'), 'xml-forbidden-name'],
  ['one name as element and as attribute', plan('<id>D2</id>'), 'xml-name-ambiguous'],
  ['one name from two namespaces', plan('<person id="P1"/><e:person xmlns:e="urn:example:envelope" id="P2"/>'), 'xml-name-ambiguous'],
  ['an attribute named as the text', plan('words', 'xmlText="other words"'), 'xml-name-ambiguous'],
  ['an attribute twice', plan('', 'id="D1" id="D2"'), 'xml-syntax'],
  ['NUL by number', plan('<note>&#0;</note>'), 'xml-syntax'],
  ['half of a surrogate pair', plan('<note>&#xD800;</note>'), 'xml-syntax'],
  ['XML 1.1, with its control characters', `<?xml version="1.1"?>${plan('<note>&#1;</note>')}`, 'xml-version'],
  ['another encoding declared', `<?xml version="1.0" encoding="ISO-8859-1"?>${good}`, 'encoding'],
  ['a document that breaks off', good.slice(0, -3), 'xml-syntax'],
  ['two roots', good + good, 'xml-syntax'],
  ['text that is no XML', 'Patient ID,NHS Number', 'xml-syntax'],
  ['no records', '<envelope xmlns="urn:example:envelope"/>', 'source-empty'],
  ['too many records', `<envelope xmlns="urn:example:envelope">${good.repeat(4)}</envelope>`, 'source-too-many-rows'],
];

describe('an XML source that is refused whole', () => {
  it.each(attacks)('%s', (_what, xml, code) => {
    const { rows, problems } = split(xml);
    expect([rows, problems.map((problem) => problem.code)]).toEqual([[], [code]]);
    expect(JSON.stringify(problems)).not.toMatch(/secret|passwd|root:/);
    expect(({} as { polluted?: string }).polluted).toBeUndefined();
  });

  it('says where, in line and column', () => {
    expect(split(plan('\n  <note>&secret;</note>')).problems).toMatchObject([{ code: 'xml-syntax', text: 'The file is not well-formed XML: undefined entity.', at: { line: 2 } }]);
  });

  it('a million numbered characters are one text', () => {
    expect(recordOf(plan(`<person id="P1"/><note>${'&#65;'.repeat(1_000_000)}</note>`))).toMatchObject({ note: [{ xmlText: 'A'.repeat(1_000_000) }] });
  });
});

const samples = sharedSamples('');
samples.it('reads every public XML sample, element by element, or says why not', () => {
  const files = samples.files(/\.xml$/).map((path) => path.slice(samples.path.length + 1));
  const refused = files.flatMap((file) => {
    const xml = readFileSync(join(samples.path, file), 'utf8').replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n');
    const parsed = parseXml(xml, ['', ...new Set([...xml.matchAll(/xmlns(?::[\w.-]+)?\s*=\s*["']([^"']*)["']/g)].map(([, uri = '']) => uri))]);
    if ('problem' in parsed) return [`${parsed.problem.code} ${file}`];
    const tags = xml.replaceAll(/<!--[^]*?-->|<!\[CDATA\[[^]*?\]\]>|<\?[^]*?\?>/g, '').match(/<[A-Za-z_]/g) ?? [];
    expect([file, parsed.starts.size]).toEqual([file, tags.length]);
    for (const start of parsed.starts.values()) expect(xml[start]).toBe('<');
    return [];
  });
  process.stdout.write(`${files.length - refused.length} of ${files.length} public XML samples read; refused: ${refused.join(', ') || 'none'}.\n`);
  expect(refused.length).toBeLessThan(files.length / 10);
});
