import type { Coding, Parameters, ParametersParameter, ValueSet } from '@medplum/fhirtypes';
import { isJsonObject, textOf, type JsonObject } from '../../../fhir/json.ts';
import { normaliseText } from '../../../fhir/normalise-text.ts';
import { notFound } from '../../../fhir/outcome.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import { publishedProfiles } from '../../../fhir/profiles.ts';
import type { ListedCode } from '../../../fhir/terminology.ts';
import type { ConformanceType, Published } from '../../../flow/reading/conformance.ts';
import type { Asked, Reply } from '../route.ts';
import type { Transform } from '../../../flow/mapping/transform-content.ts';
import { formParameters } from '../representation.ts';
import { codesAsked, inputInvalid, inputsIn, onlyKnown, readInputs, textInput, type AskedCode, type Inputs } from './read-inputs.ts';
import { readBodyResource, type ResourceLimits } from './read-resource.ts';
import type { ConformanceServices } from './search-conformance.ts';

export interface TerminologyServices extends ConformanceServices {
  limits: ResourceLimits;
  /** when what is published was read: a FHIR dateTime */
  startedAt: string;
}

export interface TransformServices extends TerminologyServices {
  transform: Transform;
}

/** More than this is not sent in one answer. */
const mostCodes = 1000;

/** GET or POST [base]/ValueSet/$expand and …/ValueSet/{id}/$expand · http://hl7.org/fhir/R4/valueset-operation-expand.html */
export async function expandValueSet(services: TerminologyServices, asked: Asked, posted: boolean): Promise<Reply> {
  const inputs = await readInputs(asked, posted, ['url', 'filter', 'count', 'offset'], services.limits);
  const url = canonicalOf(services, asked, inputs, 'ValueSet');
  const filter = textInput(inputs, 'filter');
  const [offset, count] = [numberInput(inputs, 'offset', 0), Math.min(numberInput(inputs, 'count', mostCodes), mostCodes)];
  const found = codesOf(url).filter(({ code, display = '' }) => filter === undefined || [code, display].some((text) => normaliseText(text).includes(normaliseText(filter))));
  const expanded: ValueSet = {
    resourceType: 'ValueSet', url, status: 'active',
    expansion: {
      timestamp: services.startedAt, total: found.length, offset,
      parameter: [...(filter === undefined ? [] : [{ name: 'filter', valueString: filter }]), { name: 'count', valueInteger: count }],
      ...(found.length > offset && count > 0 && { contains: found.slice(offset, offset + count).map(({ system, ...each }) => ({ ...(system !== '' && { system }), ...each })) }),
    },
  };
  return { status: 200, text: JSON.stringify(expanded) };
}

/** GET or POST [base]/ValueSet/$validate-code and …/ValueSet/{id}/$validate-code · http://hl7.org/fhir/R4/valueset-operation-validate-code.html. Of a concept one of its codes is enough. */
export async function validateCode(services: TerminologyServices, asked: Asked, posted: boolean): Promise<Reply> {
  const inputs = await readInputs(asked, posted, ['url', 'code', 'system', 'display', 'coding', 'codeableConcept'], services.limits);
  const listed = codesOf(canonicalOf(services, asked, inputs, 'ValueSet'));
  const codes = codesAsked(inputs);
  const match = codes.flatMap((each) => listed.filter(({ system, code }) => code === each.code && (each.system === undefined || each.system === system)).map((found) => ({ found, asked: each })))[0];
  return parameters(!match
    ? [yes('result', false), text('message', 'The value set does not hold the code.')]
    : differs(match) ? [yes('result', false), text('message', 'The value set holds the code with another display.'), ...displayOf(match.found)] : [yes('result', true), ...displayOf(match.found)]);
}

/** GET or POST [base]/CodeSystem/$lookup · http://hl7.org/fhir/R4/codesystem-operation-lookup.html */
export async function lookUpCode(services: TerminologyServices, asked: Asked, posted: boolean): Promise<Reply> {
  const [asking] = codesAsked(await readInputs(asked, posted, ['code', 'system', 'coding'], services.limits));
  if (asking?.system === undefined) throw new Refusal(inputInvalid('system', 'the code system of the code'));
  const found = publishedProfiles().terminology.findCode(asking.system, asking.code);
  if (found === undefined) throw new Refusal({ ...unknownCanonical, at: { field: 'system' } });
  if (found === null) throw new Refusal(unknownCode);
  return parameters([text('name', found.name), ...displayOf(found)]);
}

/** GET or POST [base]/ConceptMap/$translate and …/ConceptMap/{id}/$translate · http://hl7.org/fhir/R4/conceptmap-operation-translate.html, by what the maps themselves translate with. */
export async function translateCode(services: TerminologyServices, asked: Asked, posted: boolean): Promise<Reply> {
  const inputs = await readInputs(asked, posted, ['url', 'code', 'system', 'coding', 'codeableConcept', 'targetsystem'], services.limits);
  const map = publishedOf(services, asked, inputs, 'ConceptMap');
  const target = textInput(inputs, 'targetsystem');
  const matches = codesAsked(inputs).flatMap(({ code, system }) => {
    const found = services.conformance.translatorOf(map.id)?.find(code, system);
    return found === undefined || found === 'unusable' || (target !== undefined && found.system !== target) ? [] : [found];
  });
  if (matches.length === 0) return parameters([yes('result', false), text('message', 'The map has no equivalent for the code.')]);
  return parameters([yes('result', true), ...matches.map(({ system, code, display }): ParametersParameter => ({ name: 'match', part: [
    { name: 'equivalence', valueCode: 'equivalent' }, { name: 'concept', valueCoding: { ...(system !== '' && { system }), code, ...(display !== '' && { display }) } satisfies Coding }, { name: 'source', valueUri: textOf(map['url']) },
  ] }))]);
}

/**
 * POST [base]/StructureMap/$transform and …/StructureMap/{id}/$transform · http://hl7.org/fhir/R4/structuremap-operation-transform.html.
 * The body is Parameters with `content`, or with `source` or an id in the address the content itself.
 */
export async function transformContent(services: TransformServices, asked: Asked): Promise<Reply> {
  const { resource } = await readBodyResource(asked, services.limits);
  const given = asked.query.filter(([name]) => !formParameters.includes(name));
  const inputs = onlyKnown([...given, ...(resource['resourceType'] === 'Parameters' ? inputsIn(resource) : [['content', resource] as [string, JsonObject]])], ['source', 'content']);
  const [id, source, content] = [asked.params['id'], textInput(inputs, 'source'), inputs.get('content')];
  if ((id === undefined) === (source === undefined)) throw new Refusal(inputInvalid('source', 'source, or an id in the address, and not both'));
  if (!isJsonObject(content)) throw new Refusal(inputInvalid('content', 'a resource'));
  const published = id === undefined ? services.conformance.findByUrl('StructureMap', source ?? '') : services.conformance.find('StructureMap', id);
  const map = published && services.conformance.mapOf(published.id);
  if (!map) throw new Refusal(id === undefined ? { ...unknownCanonical, at: { field: 'source' } } : notFound);
  return { status: 200, text: JSON.stringify(await services.transform(asked.requester, { map, content }, asked.request)) };
}

/** By its id in the address, or by `url`: of what is published here. */
function publishedOf({ conformance }: TerminologyServices, { params: { id } }: Asked, inputs: Inputs, type: ConformanceType): Published {
  const url = textInput(inputs, 'url');
  if ((id === undefined) === (url === undefined)) throw new Refusal(inputInvalid('url', 'url, or an id in the address, and not both'));
  const found = id === undefined ? conformance.findByUrl(type, url ?? '') : conformance.find(type, id);
  if (!found) throw new Refusal(id === undefined ? { ...unknownCanonical, at: { field: 'url' } } : notFound);
  return found;
}

/** FHIR R4, whose own value sets are all of this version. */
const specification = '4.0.1';

/** A value set may also be one of the specification's own. */
function canonicalOf(services: TerminologyServices, asked: Asked, inputs: Inputs, type: ConformanceType): string {
  const url = textInput(inputs, 'url');
  if (asked.params['id'] !== undefined || url === undefined) return textOf(publishedOf(services, asked, inputs, type)['url']);
  const [plain = '', version] = url.split('|');
  const isOurs = services.conformance.findByUrl(type, plain) !== undefined;
  if (version !== undefined && (isOurs || version !== specification) && !services.conformance.findByUrl(type, url)) throw new Refusal({ ...unknownCanonical, at: { field: 'url' } });
  return plain;
}

function codesOf(valueSet: string): readonly ListedCode[] {
  const listed = publishedProfiles().terminology.listCodes(valueSet);
  if (listed === 'unknown') throw new Refusal({ ...unknownCanonical, at: { field: 'url' } });
  if (listed === 'not-listed') throw new Refusal(notListed);
  return listed;
}

function numberInput(inputs: Inputs, name: string, otherwise: number): number {
  const given = textInput(inputs, name);
  if (given !== undefined && !/^\d{1,9}$/.test(given)) throw new Refusal(inputInvalid(name, 'a whole number from 0'));
  return given === undefined ? otherwise : Number(given);
}

/** Words compare as they are read: without regard to case, accents and white space. */
function differs({ found, asked }: { found: ListedCode; asked: AskedCode }): boolean {
  return asked.display !== undefined && found.display !== undefined && normaliseText(asked.display) !== normaliseText(found.display);
}

function parameters(parameter: ParametersParameter[]): Reply {
  return { status: 200, text: JSON.stringify({ resourceType: 'Parameters', parameter } satisfies Parameters) };
}
const yes = (name: string, valueBoolean: boolean): ParametersParameter => ({ name, valueBoolean });
const text = (name: string, valueString: string): ParametersParameter => ({ name, valueString });
const displayOf = ({ display }: { display?: string }): ParametersParameter[] => (display === undefined ? [] : [text('display', display)]);

const unknownCanonical: Problem = {
  category: 'not-found', code: 'canonical-unknown', text: 'Nothing of this canonical is known here.', fix: 'Search the type by url for what is published.',
};
const unknownCode: Problem = { category: 'not-found', code: 'code-unknown', text: 'The code system does not have this code.', at: { field: 'code' } };
const notListed: Problem = {
  category: 'unprocessable', code: 'value-set-not-listed', text: 'The codes of this value set cannot be listed here: another body publishes them, or a rule makes them.', at: { field: 'url' }, fix: 'Ask a terminology server.',
};
