import { isJsonObject, textOf, type JsonObject } from '../../fhir/json.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import { assemble } from '../assemble.ts';
import type { Directory } from '../directory.ts';
import type { NamedRecord } from './find-named.ts';

/**
 * Whether this Task is this organisation's to write: its own answer to a referral sent to it, or what it asks about a referral
 * of its own. A system may also keep Tasks of its own that are about no referral. `focus`: the record it is about, where the
 * writer holds it or may see it. A Task whose focus and owner stay as they stand is finished whatever became of the referral.
 */
export function checkTask(directory: Directory, { role, organisation }: Requester, task: JsonObject, focus: NamedRecord | undefined, standing?: JsonObject): Problem | null {
  const { owner } = task;
  if (standing?.['focus'] !== undefined && focusOf(task) === focusOf(standing) && ownerOf(task, directory) === ownerOf(standing, directory)) return null;
  if (task['focus'] === undefined) return role === 'integration' ? null : { ...focusMissing, at: { pointer: '/focus' } };
  if (focus?.type !== 'ServiceRequest') return { ...focusMissing, at: { pointer: '/focus' } };
  if (focus.own) return null;
  if (!focus.row || !isSentTo(assemble(focus.row), organisation, directory)) return { ...notSentHere, at: { pointer: '/focus' } };
  return owner === undefined || namesOrganisation(owner, organisation, directory) ? null : { ...ownerIsAnother, at: { pointer: '/owner' } };
}

function isSentTo({ performer }: JsonObject, organisation: string, directory: Directory): boolean {
  return Array.isArray(performer) && performer.some((each) => namesOrganisation(each, organisation, directory));
}

function namesOrganisation(reference: unknown, organisation: string, directory: Directory): boolean {
  if (!isJsonObject(reference as JsonObject)) return false;
  const { reference: literal, identifier } = reference as JsonObject;
  const { system, value } = isJsonObject(identifier) ? identifier : {};
  return literal === `Organization/${directory.get(organisation)?.id ?? ''}` || `${textOf(system)}|${textOf(value)}` === organisation;
}

function focusOf({ focus }: JsonObject): string {
  return isJsonObject(focus) ? textOf(focus['reference']) : '';
}

/** By its address here, however it is named. */
function ownerOf({ owner }: JsonObject, directory: Directory): string {
  if (!isJsonObject(owner)) return '';
  const { reference, identifier } = owner;
  const { system, value } = isJsonObject(identifier) ? identifier : {};
  const place = directory.get(`${textOf(system)}|${textOf(value)}`);
  return textOf(reference) || (place ? `Organization/${place.id}` : JSON.stringify(identifier ?? null));
}

const focusMissing: Problem = { category: 'unprocessable', code: 'task-focus', text: 'The Task is about no referral.', expected: 'focus: the ServiceRequest it answers or asks about' };
const notSentHere: Problem = { category: 'unprocessable', code: 'task-not-receiver', text: 'The referral was not sent to your organisation, so it is not yours to answer.', expected: 'a referral that names your organisation as performer, or one of your own' };
const ownerIsAnother: Problem = { category: 'unprocessable', code: 'task-owner', text: 'An answer to a referral is the answering organisation\'s own Task.', expected: 'owner: your organisation, or none' };
