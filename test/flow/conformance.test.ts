import { textOf, type JsonObject } from '../../src/fhir/json.ts';
import { loadDefinitions } from '../../src/fhir/definitions.ts';
import type { Problem } from '../../src/fhir/problem.ts';
import { loadProfiles, publishedProfiles } from '../../src/fhir/profiles.ts';
import { validateResource } from '../../src/fhir/validate-resource.ts';
import { writeXml } from '../../src/fhir/xml/write-xml.ts';
import { conformanceTypes, createConformance, type Conformance, type Published } from '../../src/flow/reading/conformance.ts';
import { loadMappings } from '../../src/intake/load-mappings.ts';

let conformance: Conformance;
let all: Published[];
beforeAll(() => {
  loadDefinitions();
  loadProfiles('profiles');
  const mappings = loadMappings('mappings');
  if ('problems' in mappings) throw new Error('the mappings are wrong');
  conformance = createConformance(mappings);
  all = conformanceTypes.flatMap((type) => conformance.list(type));
});

/** The functions of ours that maps call beside those of R4, toDate among them, have codes R4's required value set does not. */
const isOwnTransform = ({ code, at }: Problem): boolean => code === 'code-not-in-value-set' && /^StructureMap\..*\.transform$/.test(at?.pointer ?? '');

describe('what is published', () => {
  it('is every file of profiles, every code table and every map, each once', () => {
    const names = all.map(({ resourceType, id }) => `${textOf(resourceType)}/${id}`);
    expect(names.length).toBeGreaterThan(publishedProfiles().resources.length + 200);
    expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
    expect(names).toEqual(expect.arrayContaining(['StructureDefinition/OneStory-Patient', 'ConceptMap/hl7v2-adt-sex', 'ConceptMap/rio-bchc-ward', 'StructureMap/hl7v2-person', 'OperationDefinition/story', 'SearchParameter/component']));
    const canonicals = all.map(({ url }) => textOf(url));
    expect(canonicals.filter((url, i) => url === '' || canonicals.indexOf(url) !== i)).toEqual([]);
  });

  it('is valid FHIR R4, with an id, and can be written as XML', () => {
    const wrong = all.flatMap((resource) => validateResource(resource as JsonObject).filter((problem) => (problem.severity ?? 'error') === 'error' && !isOwnTransform(problem)).map(({ code, at }) => `${resource.id}: ${code} ${at?.pointer}`));
    expect(wrong).toEqual([]);
    for (const resource of all) expect(writeXml(resource)).toContain(`<id value="${resource.id}"/>`);
  });

  it('translates a code as the maps do, partner by partner, with what stands for all others', () => {
    expect(conformance.translatorOf('hl7v2-adt-sex')?.find('1')).toMatchObject({ system: 'http://hl7.org/fhir/administrative-gender', code: 'male' });
    expect(conformance.translatorOf('cld-client-type.loose')?.find('SERVICE  user')).toMatchObject({ code: 'service-user' });
    expect(conformance.translatorOf('hl7v2-adt-sex')?.find('unheard-of')).toBeUndefined();
    expect(conformance.translatorOf('unheard-of')).toBeUndefined();
  });

  it('is found by its canonical, with a version or without', () => {
    const map = conformance.find('ConceptMap', 'hl7v2-adt-sex');
    expect(conformance.findByUrl('ConceptMap', textOf(map?.['url']))).toBe(map);
    expect(conformance.findByUrl('ConceptMap', `${textOf(map?.['url'])}|${textOf(map?.['version'])}`)).toBe(map);
    expect(conformance.findByUrl('ConceptMap', `${textOf(map?.['url'])}|0`)).toBeUndefined();
  });
});
