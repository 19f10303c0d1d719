import type { BundleEntry, Extension } from '@medplum/fhirtypes';
import { isJsonObject, type JsonObject } from '../../../fhir/json.ts';
import { withheldNotice } from '../../../fhir/notices.ts';
import { Refusal, type Problem } from '../../../fhir/problem.ts';
import type { Requester } from '../../../fhir/sharing.ts';
import type { Matched, MatchInput } from '../../../flow/linkage/match-patient.ts';
import type { RequestFacts } from '../../../flow/release-context.ts';
import type { Asked, Reply } from '../route.ts';
import { readBodyResource, type ResourceLimits } from './read-resource.ts';

export interface MatchServices {
  base: string;
  limits: ResourceLimits;
  matchPatient: (requester: Requester, input: MatchInput, request: RequestFacts) => Promise<Matched>;
}

const gradeUrl = 'http://hl7.org/fhir/StructureDefinition/match-grade';
const explanationUrl = 'https://fhir.bicp.example/StructureDefinition/match-explanation';
const [defaultCount, mostCount] = [10, 50];

/**
 * POST [base]/Patient/$match · http://hl7.org/fhir/R4/patient-operation-match.html, as IHE PDQm (ITI-119) asks for it. The
 * body is the operation's Parameters, or the Patient by itself. Answers a searchset, the most likely first, each with
 * `search.score`, the match grade and why.
 */
export async function patientMatch(services: MatchServices, asked: Asked): Promise<Reply> {
  const { resource: body } = await readBodyResource(asked, services.limits);
  const input = readInput(body);
  const { released, matches } = await services.matchPatient(asked.requester, input, asked.request);
  const { notice } = released;
  const entry: BundleEntry[] = [
    ...matches.map(({ composed: { citizen, patient }, match }): BundleEntry => ({
      fullUrl: `${services.base}/Patient/${citizen}`, resource: patient,
      search: { mode: 'match', score: match.score, extension: [{ url: gradeUrl, valueCode: match.grade }, explanationOf(match)] },
    })),
    ...(notice === 'none' ? [] : [withheldNotice(notice === 'generic' ? [] : notice.organisations)]),
  ];
  return { status: 200, text: JSON.stringify({ resourceType: 'Bundle', type: 'searchset', total: matches.length, ...(entry.length > 0 && { entry }) }) };
}

/** Fields with their levels and bits, the rule that decided and the version of the weights. */
function explanationOf({ decidedBy, rule, evidence, held }: Matched['matches'][number]['match']): Extension {
  return { url: explanationUrl, extension: [
    { url: 'decidedBy', valueCode: decidedBy }, { url: 'ruleVersion', valueString: rule },
    ...evidence.map(({ field, level, bits }): Extension => ({ url: 'field', extension: [
      { url: 'name', valueCode: field }, { url: 'level', valueCode: level }, { url: 'bits', valueDecimal: Math.round(bits * 100) / 100 }] })),
    ...held.map((why): Extension => ({ url: 'held', valueString: why })),
  ] };
}

const names = ['resource', 'onlyCertainMatches', 'count'];

/** Every input at most once, in its form; every mistake told together, by place and never by value. */
function readInput(body: JsonObject): MatchInput {
  if (body['resourceType'] === 'Patient') return { resource: body, onlyCertain: false, count: defaultCount };
  if (body['resourceType'] !== 'Parameters') throw new Refusal({ category: 'invalid', code: 'resource-type-differs', text: 'The body is not of the type this address takes.', at: { pointer: '/resourceType' }, expected: 'Parameters or Patient' });
  const given = (Array.isArray(body['parameter']) ? body['parameter'] : []).map((each) => (isJsonObject(each) ? each : {}));
  const problems = given.flatMap((each, i): Problem[] => (typeof each['name'] === 'string' && names.includes(each['name']) && given.findIndex(({ name }) => name === each['name']) === i ? [] : [invalid(`/parameter/${i}/name`, `${names.join(', ')}, each at most once`)]));
  const of = (name: string): JsonObject => given.find((each) => each['name'] === name) ?? {};
  const [resource, only = false, count = defaultCount] = [of('resource')['resource'], of('onlyCertainMatches')['valueBoolean'], of('count')['valueInteger']];
  if (!isJsonObject(resource) || resource['resourceType'] !== 'Patient') problems.push(invalid('/parameter', 'resource once, as a Patient'));
  if (typeof only !== 'boolean') problems.push(invalid('/parameter', 'onlyCertainMatches as valueBoolean'));
  if (typeof count !== 'number' || !Number.isInteger(count) || count < 1) problems.push(invalid('/parameter', `count as valueInteger, 1 to ${mostCount}`));
  if (problems.length > 0) throw new Refusal(...problems);
  return { resource: resource as JsonObject, onlyCertain: only === true, count: Math.min(Number(count), mostCount) };
}

function invalid(pointer: string, expected: string): Problem {
  return { category: 'invalid', code: 'operation-input-invalid', text: 'An input of the operation is missing or not in its form.', at: { pointer }, expected };
}
