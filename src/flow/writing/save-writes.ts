import { createHash } from 'node:crypto';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { Requester } from '../../fhir/sharing.ts';
import type { Connection } from '../../store/database.ts';
import { citizensNow, holdCitizens } from '../../store/linkage/link-decisions.ts';
import { holdConditions, loadOwnRows, matchOwnRows } from '../../store/record/own-rows.ts';
import { loadCurrentRows } from '../../store/record/record-writer.ts';
import { holdCodeSets } from '../../store/record/relabel-queue.ts';
import { endRows } from '../../store/intake/replay-record.ts';
import { saveApiRecord } from '../../store/intake/source-records.ts';
import { hiddenWith } from '../intake/hidden-citizens.ts';
import { lastVersion } from '../intake/end-resources.ts';
import { apiFeed, type NamedWrite } from './name-writes.ts';
import { prepareSave, type WritePlan } from './plan-writes.ts';
import { saveResources } from '../intake/save-resources.ts';
import type { WriteContext } from './write-context.ts';
import { targetsOf } from './write-references.ts';

/**
 * Does what was planned, all or nothing, with everybody it is about held: the request's bytes are kept as a source record,
 * its entries are that record's rows. False where what the plan rests on is no longer so; then nothing was written.
 */
export async function saveWrites(context: WriteContext, requester: Requester, plan: WritePlan, bytes: Uint8Array): Promise<boolean> {
  if (plan.saves.length + plan.ends.length === 0) return true;
  const saved = await context.database.transaction(async (connection) => {
    if (!(await holdCodeSets(connection, context.sensitiveCodes.hash))) throw new Refusal(outdated);
    const conditions = plan.named.flatMap(({ condition }) => condition ?? []);
    if (conditions.length > 0) await holdConditions(connection, requester.organisation, { alone: conditions.some(({ found }) => found === null) });
    const held = await holdCitizens(connection, plan.citizens);
    if (!(await stillSo(connection, requester, plan))) return false;
    const sources = plan.saves.map(({ resolved: { citizen } }) => ({ citizen, resources: [], late: [], older: [] }));
    const hidden = hiddenWith(new Set([...held.values()].flatMap((each) => (each.hidden ? [each.citizen] : []))), sources);
    const recordId = await saveApiRecord(connection, {
      client: requester.client, content: bytes, sha256: createHash('sha256').update(bytes).digest(), at: context.clock(), taskId: context.newId(), rows: plan.named.length,
    });
    const prepared = plan.saves.map((save) => {
      const each = prepareSave(context, plan.partner, save, { recordId, row: plan.named.indexOf(save.named) + 1 }, hidden.all.has(save.resolved.citizen));
      return { ...each, evidence: evidenceBy(requester, each.evidence) };
    });
    const current = await loadCurrentRows(connection, [...new Set(prepared.flatMap(({ id, patientId, fragments }) => [id, patientId, ...fragments.flatMap(({ targets }) => targets)]))]);
    await saveResources(connection, context, prepared, new Map(current.map((row) => [row.id, row])), hidden);
    await endRows(connection, plan.ends.flatMap((end) => endOf(context, plan, end, recordId)));
    return true;
  });
  await context.classes.refreshIfInterned();
  return saved;
}

/** A person's word makes no relationship of their own organisation with anybody: it would open other partners' records to them. */
function evidenceBy<Evidence extends { organisation: string }>({ role, organisation }: Requester, evidence: Evidence[]): Evidence[] {
  return role === 'integration' ? evidence : evidence.filter((each) => each.organisation !== organisation);
}

/** The rows as they were read, the people who they were, the conditions finding what they found, and what is newly referred to still of the same person. */
async function stillSo(connection: Connection, { organisation }: Requester, { named, saves, citizens }: WritePlan): Promise<boolean> {
  const planned = named.flatMap(({ standing }) => standing ?? []);
  const rows = await loadOwnRows(connection, organisation, planned.map(({ id }) => id));
  const moved = planned.some(({ id, version, citizen }) => rows.get(id)?.version !== version || rows.get(id)?.citizen !== citizen);
  if (moved || (await citizensNow(connection, citizens)).some((citizen, i) => citizen !== citizens[i])) return false;
  for (const { condition } of named) {
    if (!condition) continue;
    const [match, second] = await matchOwnRows(connection, organisation, condition.query);
    if (second || (match?.id ?? null) !== condition.found) return false;
  }
  const owners = new Map(saves.flatMap(({ named: { standing }, resolved: { rows: targets, citizen } }) => {
    const before = standing && targetsOf(standing);
    return [...targets].flatMap((id) => (before?.has(id) ? [] : [[id, citizen] as const]));
  }));
  return (await loadCurrentRows(connection, [...owners.keys()])).every(({ id, citizen }) => owners.get(id) === citizen);
}

/** The version that says it is over: marks, and nothing else. */
function endOf(context: WriteContext, { partner, named }: WritePlan, end: NamedWrite, recordId: number): Parameters<typeof endRows>[1][number][] {
  const { standing } = end;
  if (!standing) return [];
  const row = named.indexOf(end) + 1;
  return [{ ...lastVersion(standing, context.clock(), { source: `urn:onestory:${partner.partnerKey}:${apiFeed}#${recordId}/${row}` }), recordId, row }];
}

export const outdated: Problem = { category: 'unavailable', code: 'writes-outdated', text: 'Another gateway of this record works with newer lists of sensitive codes, so this one writes nothing.', fix: 'Try again in a minute; the operator restarts this gateway.' };
