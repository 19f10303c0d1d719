import { putTogether } from '../../fhir/fragments.ts';
import type { JsonObject } from '../../fhir/json.ts';
import { parseExact } from '../../fhir/parse-exact.ts';
import type { Partner } from '../../intake/types.ts';
import type { Connection } from '../../store/database.ts';
import { hideLocations, loadCurrentRows, loadRowsOfCustodian, type CurrentRow } from '../../store/record/record-writer.ts';
import { classKey, type ClassFacts } from '../../store/record/sharing-classes.ts';
import { loadVersions, replaceFragments, saveBodies, saveFoundBy, type StoredVersion } from '../../store/record/stored-versions.ts';
import { fragmentChanges, hiddenClass, unclassified } from './fragment-changes.ts';
import type { IntakeContext } from './intake-context.ts';
import { keepApart, type Apart } from './keep-apart.ts';
import { custodianOf } from './prepare-resources.ts';

/** Citizens whose location must not show, and those of them of whom this was not known before. */
export interface HiddenCitizens {
  all: ReadonlySet<string>;
  newly: ReadonlySet<string>;
}

const rowsTogether = 50;

type HidingContext = Pick<IntakeContext, 'classes' | 'directory'>;

/** Where somebody lives, or near it: that such a partner holds a record tells where. Its rows about these people belong in the class of places. */
export async function tellingRows(connection: Connection, { registry }: Pick<IntakeContext, 'registry'>, citizens: ReadonlySet<string>): Promise<CurrentRow[]> {
  const places = [...new Set(registry.map(({ partner }) => partner))].filter(isPlace);
  return loadRowsOfCustodian(connection, [...citizens].flatMap((citizen) => places.map(({ organisation }) => ({ citizen, custodian: organisation }))));
}

export function isPlace({ type, tellsWhere }: Pick<Partner, 'type' | 'tellsWhere'>): boolean {
  return type === 'gp-practice' || tellsWhere === true;
}

/**
 * A person newly flagged: every place in everything any partner ever said of them, in every version, moves to a part of the
 * stricter class. Version numbers stay, because nothing was said anew.
 */
export async function hidePlaces(connection: Connection, context: HidingContext, citizens: ReadonlySet<string>): Promise<void> {
  if (citizens.size === 0) return;
  const rows = await hideLocations(connection, [...citizens]);
  const facts = new Map(rows.map((row) => [row.id, factsOf(context, row)]));
  const all = [...facts.values()];
  const classIds = await context.classes.intern(connection, [...all.map(hiddenClass), ...all.map(unclassified)]);
  for (let at = 0; at < rows.length; at += rowsTogether) await hideIn(connection, context, rows.slice(at, at + rowsTogether), facts, (each) => classIds.get(classKey(each)) ?? 0);
}

async function hideIn(
  connection: Connection, context: HidingContext, rows: readonly CurrentRow[], facts: ReadonlyMap<string, ClassFacts>, classOf: (facts: ClassFacts) => number,
): Promise<void> {
  const current = new Map(rows.map((row) => [row.id, row.version]));
  const cut = (await loadVersions(connection, rows)).flatMap((version) => {
    const known = facts.get(version.id);
    return known ? [{ version, known, apart: cutAgain(version, context, known) }] : [];
  });
  const targets = new Map((await loadCurrentRows(connection, [...new Set(cut.flatMap(({ apart }) => apart.fragments.flatMap((fragment) => fragment.targets)))])).map((row) => [row.id, row.classId]));
  await saveBodies(connection, cut.map(({ version, apart }) => ({ ...version, body: JSON.stringify(apart.body) })));
  await replaceFragments(connection, cut.map(({ version, known, apart }) => ({ ...version, fragments: fragmentChanges(apart, known, true, classOf, (id) => targets.get(id)) })));
  await saveFoundBy(connection, cut.filter(({ version }) => current.get(version.id) === version.version)
    .map(({ version: { citizen, id }, apart }) => ({ citizen, id, index: apart.foundBy().index, directoryIds: apart.foundBy().directoryIds })));
}

/** The whole again, taken apart as for somebody hidden. References to rows are literal by now; all others name the citizen or the directory. */
function cutAgain({ citizen, body, fragments }: StoredVersion, context: HidingContext, { custodian }: ClassFacts): Apart {
  const whole = putTogether(parseExact<JsonObject>(body), fragments.map(({ path, body: text }) => [path, text] as const));
  return keepApart(whole, (type, id) => type !== 'Organization' && !(type === 'Patient' && id === citizen), custodianOf(context, custodian));
}

/** Refreshed before the batch is tried again, if this process does not know the class. */
export function factsOf(context: Pick<IntakeContext, 'classes'>, row: { classId: number }): ClassFacts {
  const known = context.classes.find(row.classId);
  if (!known) throw new Error('a stored class is not known to this process');
  return known;
}
