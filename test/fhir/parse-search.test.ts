import fc from 'fast-check';
import { indexResource, type IndexedValue } from '../../src/fhir/index-resource.ts';
import type { JsonObject } from '../../src/fhir/json.ts';
import { parseSearch } from '../../src/fhir/parse-search.ts';
import { modifiersOf, searchableTypes, searchParametersOf } from '../../src/fhir/search-parameters.ts';
import type { DateCondition, SearchClause, SearchQuery, ValueCondition } from '../../src/fhir/search-query.ts';
import { changed, patientAbdul, typeOf, validCases } from './cases.ts';

const strict = { handling: 'strict', base: 'https://gateway.example/fhir' } as const;

function parsed(type: string, search: string): SearchQuery {
  const result = parseSearch(type, [...new URLSearchParams(search)], strict);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.query;
}

function refused(type: string, search: string) {
  const result = parseSearch(type, [...new URLSearchParams(search)], strict);
  if (!('problems' in result)) throw new Error('was accepted');
  return result.problems;
}

/** What the store does with a query of one resource, said plainly. */
function matches(query: SearchQuery, resource: JsonObject): boolean {
  return query.clauses.every((clause) => clauseHolds(clause, resource));
}

function clauseHolds(clause: SearchClause, resource: JsonObject): boolean {
  const index = indexResource(resource);
  if ('date' in clause) return clause.date.some((condition) => dateHolds(condition, index));
  if ('values' in clause) return clause.values.some((condition) => index.values.some((value) => value.key === condition.key && passes(condition, value)));
  if ('ids' in clause) return clause.ids.some((id) => id === resource['id']);
  if ('citizen' in clause) return clause.citizen.some((id) => JSON.stringify(resource).includes(`"Patient/${id}"`));
  if ('either' in clause) return clause.either.some((all) => all.every((each) => clauseHolds(each, resource)));
  if (!('anyOf' in clause)) throw new Error('a search that goes through several resources');
  const tokens = clause.onFragment === undefined ? index.tokens : (index.fragmentTokens.get(clause.onFragment) ?? []);
  return clause.anyOf.some((token) => tokens.includes(token)) !== (clause.not === true);
}

function passes({ any, not }: ValueCondition, value: IndexedValue): boolean {
  const compare = { '<': (a: number, b: number) => a < b, '<=': (a: number, b: number) => a <= b, '>': (a: number, b: number) => a > b, '>=': (a: number, b: number) => a >= b };
  return any.some((all) => all.every(({ side, is, bound }) => compare[is](value[side], bound))) !== (not === true);
}

function dateHolds({ op, from, to }: DateCondition, row: { from: string | null; to: string | null }): boolean {
  if (row.from === null && row.to === null) return false;
  const start = row.from ?? '0000';
  const end = row.to ?? '9999-12-31T23:59:59.999Z~';
  const eq = from <= start && end <= to;
  const holds: Record<DateCondition['op'], boolean> = {
    eq, ne: !eq, gt: end > to, lt: start < from, ge: end > to || eq, le: start < from || eq, sa: start >= to, eb: end <= from, ap: start < to && end > from,
  };
  return holds[op];
}

describe('what a search finds', () => {
  const episode = validCases['EpisodeOfCare'] ?? {};
  const request = validCases['ServiceRequest'] ?? {};
  it.each<[string, JsonObject, string, boolean]>([
    ['an identifier with its system', patientAbdul, 'identifier=https://fhir.nhs.uk/Id/nhs-number|9990000379', true],
    ['an identifier under no system', patientAbdul, 'identifier=|9990000379', false],
    ['any identifier of a system', patientAbdul, 'identifier=https://fhir.nhs.uk/Id/nhs-number|', true],
    ['one of several codes', episode, 'status=active,finished', true],
    ['none of several codes', episode, 'status=active,planned', false],
    ['both of two parameters', patientAbdul, 'family=rahman&gender=male', true],
    ['one of two parameters', patientAbdul, 'family=rahman&gender=female', false],
    ['a repeated parameter means both', patientAbdul, 'given=abdul&given=karim', true],
    ['a repeated parameter of which one fails', patientAbdul, 'given=abdul&given=john', false],
    ['the beginning of a name, whatever its accents', patientAbdul, 'family=Ráh', true],
    ['a name with its apostrophe', patientAbdul, "family=O'Brien", true],
    ['the middle of a name', patientAbdul, 'family=ahman', false],
    ['an exact name', patientAbdul, 'family:exact=Rahman', true],
    ['an exact name in small letters', patientAbdul, 'family:exact=rahman', false],
    ['any part of a name', patientAbdul, 'family:contains=Áhma', true],
    ['any part of one of its names', patientAbdul, 'name:contains=bdu', true],
    ['what is no part of it', patientAbdul, 'family:contains=rahmam', false],
    ['a postcode', patientAbdul, 'address-postalcode=B15 2TT', true],
    ['another postcode', patientAbdul, 'address-postalcode=B16', false],
    ['the programme component', episode, 'component=https://fhir.bicp.example/CodeSystem/ei-component|community-team', true],
    ['an organisation by reference', episode, 'organization=Organization/ryw', true],
    ['an organisation by bare id', episode, 'organization=ryw', true],
    ['an organisation by our own address', episode, 'organization=https://gateway.example/fhir/Organization/ryw', true],
    ['an organisation by its identifier', request, 'performer:identifier=https://fhir.nhs.uk/Id/ods-organization-code|RYW', true],
    ['a typed reference', request, 'requester:Organization=rrk', true],
    ['a birthday', patientAbdul, 'birthdate=1941-03-08', true],
    ['a year that holds the birthday', patientAbdul, 'birthdate=1941', true],
    ['a day is not equal to a whole year', changed(patientAbdul, { birthDate: '1941' }), 'birthdate=1941-03-08', false],
    ['not that day', patientAbdul, 'birthdate=ne1941-03-08', false],
    ['on or after', patientAbdul, 'birthdate=ge1941-03-08', true],
    ['after the day itself', patientAbdul, 'birthdate=gt1941-03-08', false],
    ['between', patientAbdul, 'birthdate=ge1941-01-01&birthdate=lt1942', true],
    ['an open period is still going on', validCases['CarePlan'] ?? {}, 'date=ge2030', true],
    ['an open period is not within a year', validCases['CarePlan'] ?? {}, 'date=2026', false],
    ['a period starts after', episode, 'date=sa2026-01-31', true],
    ['a period ended before', episode, 'date=eb2026-02-21', true],
    ['a period ended before its last day', episode, 'date=eb2026-02-20', false],
    ['about a day', patientAbdul, 'birthdate=ap1941-03-09', true],
    ['not about a day', patientAbdul, 'birthdate=ap1941-03-11', false],
    ['an instant with a plus sign nobody encoded', request, 'authored=2026-02-01T10:00:00+01:00', true],
    ['nothing without a date matches one', changed(patientAbdul, { birthDate: undefined }), 'birthdate=ne1941', false],
    ['the citizen', episode, 'patient=Patient/4f0c2d9e-abdul', true],
    ['the citizen by bare id', request, 'subject=4f0c2d9e-abdul', true],
    ['another citizen', episode, 'patient=alice', false],
  ])('%s', (_name, resource, search, expected) => {
    expect(matches(parsed(typeOf(resource), search), resource)).toBe(expected);
  });

  it('a comma and a bar can be part of a value', () => {
    const resource = changed(validCases['ServiceRequest'], { code: { coding: [{ system: 'urn:x', code: 'a,b' }] } });
    expect(matches(parsed('ServiceRequest', 'code=urn:x|a\\,b'), resource)).toBe(true);
    expect(matches(parsed('ServiceRequest', 'code=urn:x|a,b'), resource)).toBe(false);
  });

  it('a patient parameter on what is stored apart says where', () => {
    expect(parsed('Patient', 'address-postalcode=B15').clauses).toEqual([{ anyOf: [expect.any(BigInt) as bigint], onFragment: '/address' }]);
  });

  it('ids and citizens are given as they are', () => {
    expect(parsed('Task', '_id=a,b&patient=Patient/x').clauses).toEqual([{ ids: ['a', 'b'] }, { citizen: ['x'] }]);
  });

  it('of references, those that may be to a citizen are told', () => {
    const [clause] = parsed('ServiceRequest', 'requester=Organization/o,Patient/p,x').clauses;
    expect(clause).toMatchObject({ people: { parameter: 'requester', values: ['Patient/p', 'x'] } });
    expect(parsed('ServiceRequest', 'requester=Organization/o').clauses).toEqual([{ anyOf: [expect.any(BigInt) as bigint], inList: 'by', mayBeApart: true }]);
    expect(parsed('EpisodeOfCare', 'care-manager=x').clauses).toEqual([{ anyOf: [expect.any(BigInt) as bigint], inList: 'by', mayBeApart: true }]);
  });

  it('when the version was made', () => {
    expect(parsed('Task', '_lastUpdated=gt2026-02-01T00:00:00Z').clauses).toEqual([
      { date: [{ column: 'updated', op: 'gt', from: '2026-02-01T00:00:00.000Z', to: '2026-02-01T00:00:01.000Z' }] },
    ]);
  });
});

it('finds a code with what stands under it, or over it, in its system', () => {
  const actCode = 'http://terminology.hl7.org/CodeSystem/v3-ActCode';
  const found = (asked: string): string[] => ['AMB', 'IMP', 'ACUTE', 'NONAC'].filter((code) => matches(parsed('Encounter', asked), { resourceType: 'Encounter', status: 'finished', class: { system: actCode, code } }));
  expect(found(`class:below=${actCode}|IMP`)).toEqual(['IMP', 'ACUTE', 'NONAC']);
  expect(found(`class:below=${actCode}|ACUTE`)).toEqual(['ACUTE']);
  expect(found(`class:above=${actCode}|ACUTE`)).toEqual(['IMP', 'ACUTE']);
  expect(found(`class:below=${actCode}|_ActEncounterCode`)).toEqual(['AMB', 'IMP', 'ACUTE', 'NONAC']);
});

it('finds a code by how the words beside it begin', () => {
  const request = changed(validCases['ServiceRequest'] ?? {}, { code: { text: 'GP: Physiothérapie at home', coding: [{ system: 'urn:x', code: '1', display: 'Rehabilitation' }] } });
  const asked = ['physio', 'PHYSIOTHERAPIE AT', 'rehab home', 'gp', 'rehabilitations', 'thérapie', 'ho', 'physio clinic', 'clinic,physio at'];
  expect(asked.map((words) => matches(parsed('ServiceRequest', `code:text=${encodeURIComponent(words)}`), request))).toEqual([true, true, true, true, true, false, false, false, true]);
  expect(parsed('ServiceRequest', 'code:text=physio at').clauses).toHaveLength(2);
  expect(parsed('ServiceRequest', 'code:text=physio').normal).toBe('ServiceRequest?code:text=*');
});

it('takes of R4\'s modifiers those that are documented for a parameter, and no others', () => {
  const ofR4 = ['missing', 'exact', 'contains', 'text', 'not', 'above', 'below', 'in', 'not-in', 'of-type', 'identifier', 'Organization'];
  const wrong = searchableTypes().flatMap((type) => (searchParametersOf(type) ?? []).flatMap((row) => {
    const documented = modifiersOf(type, row).map((modifier) => (modifier === '[Type]' ? 'Organization' : modifier)).filter((modifier) => modifier !== 'Organization' || (row.kind === 'reference' && row.targets.includes('Organization')));
    const taken = ofR4.filter((modifier) => {
      const result = parseSearch(type, [[`${row.name}:${modifier}`, 'x']], strict);
      return !('problems' in result) || result.problems.every(({ code }) => code !== 'search-parameter-unknown');
    });
    return [...documented].sort().join() === [...taken].sort().join() ? [] : [`${type}.${row.name}: ${documented.join()} / ${taken.join()}`];
  }));
  expect(wrong).toEqual([]);
  for (const [search, fix] of [['_text=x', 'name:contains'], ['_content=x', 'code:text'], ['_filter=x', 'commas'], ['_list=x', '_id']] as const) expect(refused('Patient', search)[0]?.fix).toContain(fix);
  expect(refused('Patient', 'family:text=x')[0]?.expected).toBe('family, family:exact, family:contains, family:missing');
});

describe('page size and order', () => {
  it.each<[string, number]>([['', 20], ['_count=5', 5], ['_count=500', 200], ['_count=0', 0]])('%p gives %p', (search, count) => {
    expect(parsed('CarePlan', search).count).toBe(count);
  });

  it.each<[string, string, SearchQuery['sort']]>([
    ['Patient', '_sort=family,-birthdate,_id', [{ by: 'text', descending: false }, { by: 'clinical', descending: true }, { by: 'id', descending: false }]],
    ['Organization', '_sort=name', [{ by: 'text', descending: false }]],
    ['Organization', '_sort=-active', [{ by: 'code', codes: [[expect.any(BigInt) as bigint, 'false'], [expect.any(BigInt) as bigint, 'true']], descending: true }]],
    ['ServiceRequest', '_sort=-authored', [{ by: 'clinical', descending: true }]],
    ['Task', '_sort=-_lastUpdated', [{ by: 'updated', descending: true }]],
    ['Task', '', []],
  ])('%s %s', (type, search, sort) => {
    expect(parsed(type, search).sort).toEqual(sort);
  });
});

describe('what is refused, and how', () => {
  it.each<[string, string, string, string, string]>([
    ['an unknown parameter', 'Patient', 'shoe-size=9', 'search-parameter-unknown', 'shoe-size'],
    ['a parameter of another type', 'Organization', 'birthdate=1941', 'search-parameter-unknown', 'birthdate'],
    ['a part of an address', 'Patient', 'address:contains=lane', 'search-parameter-unknown', 'address:contains'],
    ['too short a part of a name', 'Patient', 'family:contains=ah', 'search-value-invalid', 'family'],
    [':contains of a code', 'EpisodeOfCare', 'status:contains=act', 'search-parameter-unknown', 'status:contains'],
    ['an order by a concept', 'EpisodeOfCare', '_sort=type', 'search-parameter-unknown', '_sort'],
    [':missing with anything but true or false', 'Patient', 'birthdate:missing=maybe', 'search-value-invalid', 'birthdate'],
    [':not of a name', 'Patient', 'family:not=x', 'search-parameter-unknown', 'family:not'],
    [':below of a code without its system', 'EpisodeOfCare', 'type:below=x', 'search-hierarchy-unknown', 'type'],
    [':above of a code nobody listed', 'EpisodeOfCare', 'type:above=http://snomed.info/sct|1', 'search-hierarchy-unknown', 'type'],
    ['a summary of texts with what goes along', 'EpisodeOfCare', '_summary=text&_include=EpisodeOfCare:patient', 'search-summary-with-include', '_summary'],
    [':text of a short list', 'EpisodeOfCare', 'status:text=x', 'search-parameter-unknown', 'status:text'],
    [':text without words', 'EpisodeOfCare', 'type:text=!', 'search-value-empty', 'type'],
    [':text of too many words', 'EpisodeOfCare', 'type:text=a b c d e f g h i j k l m', 'search-value-too-long', 'type'],
    ['a value set nobody knows', 'EpisodeOfCare', 'type:in=http://elsewhere.example/vs', 'search-value-set-unknown', 'type'],
    ['an identifier by half its type', 'Patient', 'identifier:of-type=MR|1', 'search-value-invalid', 'identifier'],
    ['a quantity without its number', 'Observation', 'value-quantity=|http://unitsofmeasure.org|mg', 'search-value-invalid', 'value-quantity'],
    ['half a pair', 'Observation', 'code-value-quantity=8480-6', 'search-value-invalid', 'code-value-quantity'],
    ['_text', 'Patient', '_text=x', 'search-parameter-unknown', '_text'],
    ['_content', 'Patient', '_content=x', 'search-parameter-unknown', '_content'],
    ['_filter', 'Patient', '_filter=family eq x', 'search-parameter-unknown', '_filter'],
    ['_list', 'Patient', '_list=1', 'search-parameter-unknown', '_list'],
    ['two modifiers', 'Patient', 'family:exact:exact=X', 'search-parameter-unknown', 'family:exact:exact'],
    ['a chain through what is no reference', 'EpisodeOfCare', 'status.name=rahman', 'search-parameter-unknown', 'status.name'],
    ['a chain to what the type does not have', 'EpisodeOfCare', 'patient.status=active', 'search-parameter-unknown', 'patient.status'],
    ['a chain to another type', 'EpisodeOfCare', 'patient:Organization.name=x', 'search-parameter-unknown', 'patient:Organization.name'],
    ['a chain that never ends', 'Task', 'part-of.part-of.part-of.part-of.status=draft', 'search-chain-too-deep', 'part-of'],
    ['a chain to any type', 'Task', 'focus.status=draft', 'search-chain-unclear', 'focus'],
    ['_has of what does not refer here', 'Patient', '_has:Consent:status:status=active', 'search-parameter-unknown', '_has:Consent:status:status'],
    ['_has within _has within _has within _has', 'Task', `${'_has:Task:part-of:'.repeat(4)}status=draft`, 'search-chain-too-deep', '_has'],
    ['_has without a parameter', 'Patient', '_has:Consent:patient=active', 'search-parameter-unknown', '_has:Consent:patient'],
    ['_include of what is no reference', 'EpisodeOfCare', '_include=EpisodeOfCare:status', 'search-value-invalid', '_include'],
    ['_include of another type', 'EpisodeOfCare', '_include=CarePlan:patient', 'search-value-invalid', '_include'],
    ['_revinclude of what does not refer here', 'Patient', '_revinclude=Task:owner:Organization', 'search-value-invalid', '_revinclude'],
    ['a total nobody defined', 'Patient', '_total=some', 'search-value-invalid', '_total'],
    ['a sort key that is none', 'Patient', '_sort=telecom', 'search-parameter-unknown', '_sort'],
    ['SQL in a sort key', 'Patient', "_sort=family';drop table x--", 'search-parameter-unknown', '_sort'],
    ['an inherited property as a parameter', 'Patient', 'constructor=1', 'search-parameter-unknown', 'constructor'],
    ['an empty value', 'Patient', 'family=', 'search-value-empty', 'family'],
    ['an empty alternative', 'Patient', 'family=a,,b', 'search-value-empty', 'family'],
    ['a bar alone', 'Patient', 'identifier=|', 'search-value-empty', 'identifier'],
    ['a name without letters would match everybody', 'Patient', "family='-", 'search-value-empty', 'family'],
    ['two bars', 'Patient', 'identifier=a|b|c', 'search-value-invalid', 'identifier'],
    ['a day that does not exist', 'Patient', 'birthdate=1941-02-29', 'search-value-invalid', 'birthdate'],
    ['a date in words', 'Patient', 'birthdate=yesterday', 'search-value-invalid', 'birthdate'],
    ['a prefix nobody defined', 'Patient', 'birthdate=xx1941', 'search-value-invalid', 'birthdate'],
    ['a huge value', 'Patient', `identifier=${'9'.repeat(600)}`, 'search-value-too-long', 'identifier'],
    ['a name longer than any is indexed', 'Patient', `family=${'a'.repeat(65)}`, 'search-value-too-long', 'family'],
    ['fifty-one alternatives', 'Patient', `_id=${Array.from({ length: 51 }, (_, i) => i).join(',')}`, 'search-value-too-many', '_id'],
    ['an id with spaces', 'Patient', '_id=a b', 'search-value-invalid', '_id'],
    ['a path as an id', 'Patient', '_id=../x', 'search-value-invalid', '_id'],
    ['another server\'s reference', 'EpisodeOfCare', 'patient=https://evil.example/fhir/Patient/x', 'search-reference-foreign', 'patient'],
    ['a server whose address only begins like ours', 'EpisodeOfCare', 'patient=https://gateway.example/fhirx/Patient/x', 'search-reference-foreign', 'patient'],
    ['a reference to another type', 'EpisodeOfCare', 'patient=Organization/x', 'search-value-invalid', 'patient'],
    ['a typed reference that disagrees with itself', 'ServiceRequest', 'requester:Organization=Practitioner/x', 'search-value-invalid', 'requester'],
    ['a page size in words', 'Patient', '_count=many', 'search-value-invalid', '_count'],
    ['a negative page size', 'Patient', '_count=-1', 'search-value-invalid', '_count'],
    ['two page sizes', 'Patient', '_count=1&_count=2', 'search-value-invalid', '_count'],
    ['two orders', 'Patient', '_sort=_id&_sort=family', 'search-value-invalid', '_sort'],
    ['no order', 'Patient', '_sort=', 'search-value-invalid', '_sort'],
  ])('%s', (_name, type, search, code, field) => {
    expect(refused(type, search)[0]).toMatchObject({ code, at: { field } });
  });

  it('twenty parameters are accepted and twenty-one are not', () => {
    const search = (n: number) => Array.from({ length: n }, (_, i) => `given=a${i}`).join('&');
    expect(parsed('Patient', search(20)).clauses).toHaveLength(20);
    expect(refused('Patient', search(21))[0]?.code).toBe('search-too-many');
  });

  it('five chains are accepted and six are not', () => {
    const search = (n: number) => Array.from({ length: n }, () => 'patient.gender=male').join('&');
    expect(parsed('EpisodeOfCare', search(5)).clauses).toHaveLength(5);
    expect(refused('EpisodeOfCare', search(6))[0]?.code).toBe('search-too-many');
  });

  it('a type without search is refused, an inherited property too', () => {
    expect(refused('Basic', '')[0]?.code).toBe('search-type-unsupported');
    expect(refused('constructor', '')[0]?.code).toBe('search-type-unsupported');
  });

  it('an unknown parameter is told what there is', () => {
    expect(refused('Consent', 'x=1')[0]?.expected).toMatch(/^one of _id, _lastUpdated, .*, patient, .*, status, _count, .*, _sort, /);
  });

  it('several faults are told together', () => {
    expect(refused('Patient', 'x=1&family=&birthdate=z').map(({ code }) => code)).toEqual(['search-parameter-unknown', 'search-value-empty', 'search-value-invalid']);
  });
});

describe('lenient handling', () => {
  const lenient = (search: string) => parseSearch('Patient', [...new URLSearchParams(search)], { handling: 'lenient' });

  it('leaves out what only shapes the answer, names it and keeps the rest', () => {
    expect(lenient('_contained=both&_sort=telecom&gender=male')).toMatchObject({
      ignored: ['_contained', '_sort'], query: { clauses: [{ anyOf: [expect.any(BigInt)] }], sort: [], normal: 'Patient?gender=male' },
    });
  });

  it.each(['shoe-size=9', 'family:text=x', '_text=x', 'general-practitioner.shoe-size=9'])('a condition that is not served is refused all the same, since leaving it out would widen the search: %s', (search) => {
    expect(lenient(search)).toMatchObject({ problems: [{ code: 'search-parameter-unknown' }] });
  });

  it.each(['family=', 'birthdate=yesterday', '_count=x'])('a bad value of a known parameter is refused all the same, since ignoring it would widen the search: %s', (search) => {
    expect(lenient(search)).toHaveProperty('problems');
  });
});

describe('the normal form names nobody', () => {
  it.each<[string, string, string]>([
    ['Patient', 'identifier=9990000379&gender=male&family=Rahman&_count=10', 'Patient?_count=10&family=*&gender=male&identifier=*'],
    ['Patient', 'given=b&given=a&birthdate=1941-03-08&address-postalcode=B15&_id=x', 'Patient?_id=*&address-postalcode=*&birthdate=*&given=*&given=*'],
    ['EpisodeOfCare', 'status=active,planned&patient=Patient/x&date=ge2026', 'EpisodeOfCare?date=ge2026&patient=*&status=active%2Cplanned'],
    ['EpisodeOfCare', 'organization=Organization/ryw', 'EpisodeOfCare?organization=Organization%2Fryw'],
    ['ServiceRequest', 'requester=Patient/x', 'ServiceRequest?requester=*'],
    ['ServiceRequest', 'requester=x', 'ServiceRequest?requester=*'],
    ['ServiceRequest', 'requester:identifier=9990000379', 'ServiceRequest?requester:identifier=*'],
    ['Task', '_format=json', 'Task?'],
  ])('%s?%s', (type, search, normal) => {
    expect(parsed(type, search).normal).toBe(normal);
  });

  it('the order of parameters does not show', () => {
    expect(parsed('Patient', 'gender=male&family=x').normal).toBe(parsed('Patient', 'family=y&gender=male').normal);
  });
});

describe('whatever is asked', () => {
  const names = searchableTypes().flatMap((type) => (searchParametersOf(type) ?? []).map((row) => row.name));
  const key = fc.oneof(fc.constantFrom(...names, '_count', '_sort', '_format'), fc.string({ unit: 'binary' }),
    fc.tuple(fc.constantFrom(...names), fc.constantFrom('exact', 'identifier', 'Patient', 'missing', '')).map(([name, modifier]) => `${name}:${modifier}`));
  const value = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: fc.constantFrom(...'\\|,$%_\'"\0\ud800 -+:/.aZ09') }), fc.date({ noInvalidDate: true }).map((d) => d.toISOString()), fc.constantFrom('ap9999', 'ap0001', 'eq', 'Patient/x'));

  it('property: parsing never throws and a refusal repeats no value', () => {
    fc.assert(fc.property(fc.constantFrom(...searchableTypes()), fc.array(fc.tuple(key, value), { maxLength: 25 }), fc.constantFrom('strict', 'lenient'), (type, params, handling) => {
      const withCanary = params.map(([name, text]): [string, string] => [name, `${text}Canary`]);
      for (const list of [params, withCanary]) {
        const result = parseSearch(type, list, { handling, base: 'https://gateway.example/fhir' });
        if ('problems' in result) expect(JSON.stringify(result.problems)).not.toContain('Canary');
        else expect(result.query.clauses.length).toBeLessThanOrEqual(20);
      }
    }), { numRuns: 1000 });
  });

  it('property: a query of an identifying parameter never shows its value', () => {
    fc.assert(fc.property(fc.constantFrom('family', 'given', 'name', 'identifier', '_id'), fc.stringMatching(/^[a-z]{5,20}$/), (name, text) => {
      expect(parsed('Patient', `${name}=zq${text}`).normal).toBe(`Patient?${name}=*`);
    }));
  });
});
