import type { LogEvent, LogFields } from '../../src/edge/log.ts';
import { watchEmergencyReviews, type OverdueReview } from '../../src/flow/sharing/watch-emergency-reviews.ts';
import { databases } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { until } from '../patience.ts';

const council = 'https://fhir.bicp.example/Id/ons-code|E08000025';
const hospital = 'https://fhir.nhs.uk/Id/ods-organization-code|RRK';

describe.each(databases)('reviews of emergency access that wait, on $kind', ({ open }) => {
  const lines: [LogEvent, LogFields | undefined][] = [];
  let gateway: Gateway;
  beforeAll(async () => {
    const database = await open();
    const access = async (reference: string, age: string, reviews: [organisation: string, outcome: string | null][]): Promise<void> => {
      await database.query(`with opened as (insert into emergency_access (citizen_id, id, organisation, person, from_at, until, reason, explanation, reference)
          values (gen_random_uuid(), gen_random_uuid(), $2, 'social-worker', now() - $3::interval, now(), 'legal-duty', 'Neville Blagrove lay on the floor', $1) returning citizen_id, id)
        insert into emergency_review (citizen_id, id, organisation, task_id, outcome, note, reviewer, reviewer_name, reviewed_at)
        select citizen_id, id, r.organisation, gen_random_uuid(), r.outcome, r.outcome, r.outcome, r.outcome, case when r.outcome is not null then now() end
        from opened, unnest($4::text[], $5::text[]) as r(organisation, outcome)`,
      [reference, council, age, reviews.map(([organisation]) => organisation), reviews.map(([, outcome]) => outcome)]);
    };
    await access('EA-0000000000000001', '9 days 3 hours', [[council, null], [hospital, null]]);
    await access('EA-0000000000000002', '30 days', [[council, 'appropriate'], [hospital, null]]);
    await access('EA-0000000000000003', '30 days', [[council, 'appropriate'], [hospital, 'appropriate']]);
    await access('EA-0000000000000004', '6 days 23 hours', [[council, null]]);
    gateway = await startGateway(database, { log: (event, fields) => lines.push([event, fields]) });
  });
  afterAll(() => gateway.close());

  it('are logged at start once they are overdue, longest open first, by a reference that names nobody', () => {
    expect(lines.filter(([event]) => event === 'emergency-review-overdue')).toEqual([
      ['emergency-review-overdue', { reference: 'EA-0000000000000002', days: 30, count: 1 }],
      ['emergency-review-overdue', { reference: 'EA-0000000000000001', days: 9, count: 2 }],
    ]);
  });

  it('are logged again at every look, after as many days as are configured', async () => {
    const told: OverdueReview[] = [];
    const watch = watchEmergencyReviews(gateway.database, 6, (overdue) => told.push(overdue), (error) => { throw error; }, 50);
    try {
      await watch.look();
      expect(told.map(({ reference, days }) => [reference.at(-1), days])).toEqual([['2', 30], ['1', 9], ['4', 6]]);
      await until(() => told.length >= 6, 'a second look');
    } finally {
      watch.stop();
    }
  });
});
