import { randomUUID } from 'node:crypto';
import { emergencyTask } from '../../src/flow/sharing/emergency-task.ts';
import { openPostgres } from '../../src/store/database.ts';
import { emergencyReviews } from '../../src/store/schema/005-emergency-reviews.ts';
import { findAccess } from '../../src/store/sharing/emergency-reviews.ts';
import { saveSharedRows } from '../../src/store/shared-rows.ts';
import { council, uhb } from '../consent/sharing-cases.ts';
import { freshPostgres } from '../databases.ts';

it('emergency access of before reviews were recorded waits for one, and its Tasks are their addressees\' alone', async () => {
  const database = await openPostgres(await freshPostgres());
  await database.query(`drop table emergency_review, emergency_attempt; drop index audit_entry_emergency, emergency_access_opener;
    alter table emergency_access drop column person_name, drop column role`);
  const reference = 'EA-0123456789ABCDEF';
  await database.query(`insert into emergency_access (citizen_id, id, organisation, person, from_at, until, reason, explanation, reference)
    values (gen_random_uuid(), gen_random_uuid(), $1, 'social-worker', now(), now(), 'legal-duty', 'A safeguarding enquiry', $2)`, [council, reference]);
  const tasks = [council, uhb].map((owner) => emergencyTask({ id: randomUUID(), reference, owner, name: undefined, at: new Date() }));
  await database.transaction((connection) => saveSharedRows(connection, tasks.map((task) => ({ ...task, scope: 'governance', owner: null }))));
  await database.query(emergencyReviews);
  try {
    expect(await database.query('select id, scope, owner from shared_row order by owner')).toEqual(tasks.map(({ id, owner }) => ({ id, scope: 'addressed', owner })));
    const access = await findAccess(database, reference, uhb);
    expect(access).toMatchObject({ person: 'social-worker', personName: 'social-worker', live: false });
    expect(access?.reviews).toEqual([expect.objectContaining({ organisation: uhb, task: tasks[1]?.id, outcome: null })]);
  } finally {
    await database.close();
  }
});
