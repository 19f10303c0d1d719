import { OperationOutcomeError, validateResource as validateStructure } from '@medplum/core';
import type { OperationOutcomeIssue, Resource } from '@medplum/fhirtypes';
import { createElementCheck } from './check-elements.ts';
import { checkProfile } from './check-profile.ts';
import type { CompiledProfile } from './compile-profile.ts';
import { isKnownResourceType, loadDefinitions } from './definitions.ts';
import { isJsonObject } from './json.ts';
import type { JsonObject } from './json.ts';
import type { Problem } from './problem.ts';
import { publishedProfiles } from './profiles.ts';
import { plain } from './read-json.ts';
import type { Terminology } from './terminology.ts';

/** More than this helps nobody; the rest is cut. */
const maxProblems = 100;

/**
 * Everything wrong with a resource: base R4 (structure, invariants, required bindings, dates that exist, nothing
 * empty), our profile for its type, and, as warnings, UK Core's where it is loaded. A `meta.profile` nobody knows is an
 * error. No errors in the list = it may be stored. Broken base rules are 400, broken profile rules 422 (FHIR R4 http,
 * create). A `profile` that is asked for counts as if it were ours. `loadProfiles` must have run. Never throws on what a
 * sender wrote.
 */
export function validateResource(resource: JsonObject, profile?: string): Problem[] {
  loadDefinitions();
  const { terminology, ours, ukCore, byUrl } = publishedProfiles();
  const type = resource['resourceType'];
  if (typeof type !== 'string' || !isKnownResourceType(type)) {
    return [{ category: 'invalid', code: 'resource-type-unknown', text: 'This is not a resource type of FHIR R4.', at: { pointer: 'resourceType' } }];
  }
  const copy = plain(resource);
  const extensionOf = (url: string) => byUrl.get(url);
  const own = ours.get(type);
  const uk = ukCore.get(type);
  const problems = [
    ...distinct([...structureProblems(copy), ...elementCheckOf(terminology, byUrl)(copy)]),
    ...claimProblems(copy, type, byUrl),
    ...(own ? checkProfile(copy, own, { terminology, extensionOf, severity: 'error' }) : []),
    ...(uk ? checkProfile(copy, uk, { terminology, extensionOf, severity: 'warning' }) : []),
    ...(profile === undefined ? [] : askedProblems(copy, type, profile)),
  ];
  return problems.length > maxProblems ? worst(problems) : problems;
}

/** Where our extensions live; an extension of ours must be one of profiles/. */
const ourExtensions = 'https://fhir.bicp.example/StructureDefinition/';

const elementChecks = new WeakMap<Terminology, (resource: JsonObject) => Problem[]>();

function elementCheckOf(terminology: Terminology, byUrl: ReadonlyMap<string, unknown>): (resource: JsonObject) => Problem[] {
  const isUnknownExtension = (url: string) => url.startsWith(ourExtensions) && !byUrl.has(url);
  const check = elementChecks.get(terminology) ?? createElementCheck({ terminology, isUnknownExtension });
  elementChecks.set(terminology, check);
  return check;
}

/** Two checks may find the same fault; it is told once. */
function distinct(problems: readonly Problem[]): Problem[] {
  const seen = new Set<string>();
  return problems.filter(({ code, at }) => {
    const key = `${code} ${at?.pointer}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** Errors must survive the cut: a list without errors means the resource is accepted. */
function worst(problems: readonly Problem[]): Problem[] {
  const isError = (problem: Problem) => (problem.severity ?? 'error') === 'error';
  return [...problems.filter(isError), ...problems.filter((problem) => !isError(problem))].slice(0, maxProblems);
}

/** `meta.profile` may name our profile or UK Core's for this type, or the base definition, with or without a version. */
function claimProblems(resource: JsonObject, type: string, byUrl: ReadonlyMap<string, CompiledProfile>): Problem[] {
  const meta = isJsonObject(resource['meta']) ? resource['meta'] : {};
  const claims = Array.isArray(meta['profile']) ? meta['profile'] : [];
  return claims.flatMap((claim, index): Problem[] => {
    const url = typeof claim === 'string' ? (claim.split('|')[0] ?? '') : '';
    if (url === `http://hl7.org/fhir/StructureDefinition/${type}` || byUrl.get(url)?.type === type) return [];
    return [{
      category: 'unprocessable',
      code: 'profile-unknown',
      text: 'The resource claims a profile that is not known here for its type.',
      at: { pointer: `${type}.meta.profile[${index}]` },
      fix: 'Claim a profile this server lists in its CapabilityStatement, or none.',
    }];
  });
}

/** Against a profile that was asked for by its canonical; ours is looked at anyhow. */
function askedProblems(copy: JsonObject, type: string, canonical: string): Problem[] {
  const { terminology, ours, byUrl } = publishedProfiles();
  const url = canonical.split('|')[0] ?? canonical;
  const profile = byUrl.get(url);
  if (url === `http://hl7.org/fhir/StructureDefinition/${type}` || (profile && ours.get(type) === profile)) return [];
  if (profile?.type === type) return checkProfile(copy, profile, { terminology, extensionOf: (other) => byUrl.get(other), severity: 'error' });
  return [{ category: 'unprocessable', code: 'profile-unknown', text: 'The profile asked for is not known here for this type.', at: { field: 'profile' }, fix: 'Search StructureDefinition for what is published.' }];
}

function structureProblems(resource: JsonObject): Problem[] {
  try {
    return validateStructure(resource as unknown as Resource).map(problemOf);
  } catch (error) {
    if (error instanceof OperationOutcomeError) return error.outcome.issue.map(problemOf);
    return [{ category: 'invalid', code: 'element-invalid', text: 'The resource is not shaped as FHIR R4 says.' }];
  }
}

/**
 * The library's sentences → ours. A sentence that is not listed becomes one that says only that something is wrong: the
 * library's own might hold a value. Two values for one choice is an error in R4, though the library only warns.
 */
const sentences: readonly { said: RegExp; code: string; text: string; severity?: 'error' }[] = [
  { said: /^Missing required property/, code: 'element-missing', text: 'An element that FHIR R4 requires is missing.' },
  { said: /^Invalid additional property/, code: 'element-unknown', text: 'An element is not one this resource type has.' },
  { said: /^(Invalid JSON type|Expected (array|single))/, code: 'element-type', text: 'An element has the wrong JSON type.' },
  { said: /^Invalid (null|empty|undefined)/, code: 'element-empty', text: 'An element is present but empty.' },
  { said: /^Invalid date value/, code: 'date-unreal', text: 'A date does not exist in the calendar.' },
  { said: /^Invalid .{1,30} format/, code: 'element-format', text: 'An element is not written as its type asks.' },
  { said: /^Invalid reference/, code: 'reference-type', text: 'A reference does not name a type that is expected here.' },
  { said: /^Conflicting choice/, code: 'element-choice', text: 'An element that takes one of several types is given twice.', severity: 'error' },
  { said: /^Constraint [a-z0-9-]+ not met/, code: 'invariant-failed', text: 'A rule of FHIR R4 is not kept.' },
  { said: /^(Unknown data type|Missing resourceType)/, code: 'resource-type-unknown', text: 'This is not a resource type of FHIR R4.' },
];
const otherwise = { code: 'element-invalid', text: 'An element is not as FHIR R4 says.' };

/** What the sentence says was expected: names of types and rules, and no values. */
function expectedIn(said: string, rule: string | undefined, words: string | undefined): Pick<Problem, 'expected' | 'fix'> {
  if (rule !== undefined) return { expected: `rule ${rule}${words === undefined ? '' : `: ${words}`}` };
  const json = /^Invalid JSON type: expected (string|number|boolean|object), but got/.exec(said)?.[1];
  if (json !== undefined) return { expected: `a JSON ${json}` };
  if (/^Expected (array|single)/.test(said)) return { expected: said.startsWith('Expected array') ? 'a list in brackets' : 'one value, not a list' };
  const type = /^Invalid ([A-Za-z0-9]{1,20}) format/.exec(said)?.[1];
  if (type !== undefined) return { expected: formats[type] ?? `a ${type} as FHIR R4 writes it` };
  return said.startsWith('Invalid additional property') ? { fix: 'Leave it out, or write its name as FHIR R4 has it.' } : {};
}

/** How the types that are most often written otherwise are written. */
const formats: Readonly<Record<string, string>> = {
  date: 'YYYY, YYYY-MM or YYYY-MM-DD', dateTime: 'YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with Z or an offset such as +01:00',
  instant: 'YYYY-MM-DDThh:mm:ss with Z or an offset such as +01:00', time: 'hh:mm:ss', base64Binary: 'base64', decimal: 'a number', integer: 'a whole number', positiveInt: 'a whole number from 1 on', unsignedInt: 'a whole number from 0 on',
  code: 'a code, without spaces around it or two together inside', id: 'letters, digits, - and . only, at most 64', uri: 'a URI without spaces', url: 'a URL without spaces', canonical: 'a URL, with an optional |version', oid: 'urn:oid:…', uuid: 'urn:uuid:…',
};

function problemOf(issue: OperationOutcomeIssue): Problem {
  const said = issue.details?.text ?? '';
  const sentence = sentences.find((known) => known.said.test(said));
  const { code, text } = sentence ?? otherwise;
  const [, rule, words] = /^Constraint ([a-z0-9-]+) not met(?:: (.+))?$/s.exec(said) ?? [];
  const pointer = issue.expression?.[0]?.slice(0, 200);
  const severity = sentence?.severity ?? (issue.severity === 'warning' || issue.severity === 'information' ? issue.severity : 'error');
  return {
    category: 'invalid',
    code,
    text,
    ...(pointer !== undefined && { at: { pointer } }),
    ...expectedIn(said, rule, words),
    ...(severity !== 'error' && { severity }),
  };
}
