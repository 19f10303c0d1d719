import type { Requester } from '../../src/fhir/sharing.ts';
import type { Print } from '../settings.ts';
import type { City } from './city.ts';
import { community, council, draftOfEverybody, hospital, keeper, mentalHealth, type BenchParty } from './partners.ts';

/** Looks for each person there is, and how many at most. */
const looksEach = 8;
const mostLooks = 1_000_000;

/**
 * A draft of the large agreement put to past looks: so many entries are written into the trail as looks leave them, by four
 * askers in five ways to ask, and the time of the whole answer is measured. Five minutes for a million is the goal.
 */
export async function measureWhatIf(city: City, print: Print): Promise<void> {
  const looks = Math.min(city.citizens * looksEach, mostLooks);
  await city.tables.query(pastLooks, [looks, [[council, 'social-worker'], [mentalHealth, 'nurse'], [community, 'nurse'], [hospital, 'doctor']].map(([party, role]) => `${(party as BenchParty).key} ${role as string}`)]);
  await city.tables.query(headBeyond);
  await city.tables.query('analyze audit_entry');
  const requester: Requester = { client: 'bench', token: 'bench', person: { id: 'keeper', name: 'Keeper' }, organisation: keeper.key, organisationName: keeper.value, role: 'governance', purpose: 'HOPERAT', scopes: ['user/*.rs'] };
  const run = await city.gateway.services.governance.whatIf(requester, { text: draftOfEverybody(), since: new Date(Date.now() - 30 * 86_400_000) }, { id: 'bench' });
  const started = performance.now();
  const report = await run(() => undefined, new AbortController().signal);
  const seconds = (performance.now() - started) / 1_000;
  if (report.looks < looks || !report.lines.some(({ effect }) => effect === 'shown') || !report.lines.some(({ effect }) => effect === 'hidden')) throw new Error('the draft was not put to every look');
  city.world.say(`a draft put to ${looks} looks at ${city.citizens} people: ${report.lines.length} lines`);
  print('sharing.whatif', seconds, 's');
  print('sharing.whatif.million', (seconds * 1_000_000) / looks, 's', undefined, { of: 'value', atMost: 300 });
}

/** The log goes on after them, over leaves that are nobody's: nobody verifies it here. */
const headBeyond = `update audit_head h set seq = m.seq, peaks = decode(repeat('00', 32 * bit_count(m.seq::bit(64))::int), 'hex') from (select max(seq) as seq from audit_entry) m`;

/** Entries as looks leave them, past the head of the log. */
const pastLooks = `
with people as (select citizen_id, row_number() over (order by citizen_id) as no, count(*) over () as many from citizen), head as (select coalesce(max(seq), 0) as seq from audit_entry),
look as (
  select n, ($2::text[])[1 + (n + n / many) % 4] as asker, citizen_id as citizen, (n / 4 + n / many) % 5 as way
  from generate_series(1, $1::int) n join people on no = 1 + (n::bigint * 7919) % many)
insert into audit_entry (seq, id, at, citizen_ids, organisation, custodians, agent, entry, salt, commitment, tree)
select head.seq + n, gen_random_uuid(), now() - interval '20 days' + n * interval '1 millisecond', array[citizen], split_part(asker, ' ', 1), '{}', 'bench',
  jsonb_build_object('id', n::text, 'at', now(), 'request', 'bench', 'who', jsonb_build_object('client', 'viewer', 'organisation', split_part(asker, ' ', 1), 'role', split_part(asker, ' ', 2), 'person', jsonb_build_object('id', 'p', 'name', 'P')),
    'purpose', 'TREAT', 'citizen', citizen, 'outcome', 'permitted', 'status', 200, 'custodians', '[]'::jsonb, 'decisions', '[]'::jsonb, 'withheld', '[]'::jsonb,
    'disclosed', (select jsonb_agg('EpisodeOfCare/' || citizen || '/_history/' || i) from generate_series(1, 12) i),
    'interaction', (array['read', 'everything', 'search-type', 'search-type', 'search-type'])[1 + way],
    'query', (array['Patient/' || citizen, 'Patient/' || citizen || '/$everything', 'CarePlan?patient=*', 'EpisodeOfCare?_count=20&patient=*&status=active', 'Encounter?_sort=-date&patient=*'])[1 + way])::text,
  '', '', ''
from look, head`;
