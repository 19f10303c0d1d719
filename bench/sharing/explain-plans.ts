import { writeFileSync } from 'node:fs';
import pg from 'pg';
import { nhsNumberSystem } from '../../src/fhir/nhs-number-status.ts';
import type { Database, Statement } from '../../src/store/database.ts';
import { lookAtEverything, lookAtRow } from '../../src/store/door/look-up.ts';
import { readerRole } from '../../src/store/migrate.ts';
import { countMatches, searchCitizens, searchRows } from '../../src/store/door/search-rows.ts';
import type { World } from '../world.ts';
import { citizenId, numberOf, recordId } from './citizen-records.ts';
import { cityList, freeReader, search, teamList, type City } from './city.ts';

const noId = '00000000-0000-0000-0000-000000000000';
/** PostgreSQL settles on how it runs a prepared statement, and a statement inside a function, after five times. */
const runs = 7;
const wholeTable = /Seq Scan on (?:public\.)?citizen_(?:row|version)\b/;

interface Plan {
  title: string;
  /** what auto_explain says of each statement the query runs, in a function too */
  statements: string[];
}

/**
 * The plans of the five hottest queries as the gateway sends them, through the door, under a real grant. Fails when one
 * of them goes through a whole table of rows or versions.
 */
export async function explainPlans(city: City): Promise<void> {
  const { world, citizens } = city;
  const plans = await takePlans(city);
  for (const { title, statements } of plans) {
    if (statements.some((text) => wholeTable.test(text))) throw new Error(`${title}: a whole table is read\n${statements.join('\n')}`);
  }
  const { plans: file } = world.settings.sharing;
  if (file === null) return;
  writeFileSync(file, await pageOf(world, city, plans));
  world.say(`plans at ${citizens} people written to ${file}`);
}

async function takePlans({ url, gateway: { database, services: { policy } }, citizens }: City): Promise<Plan[]> {
  const { held: { grant: { key } } } = await policy.under(freeReader, () => Promise.resolve(null));
  const person = citizens - 2;
  const questions: [title: string, ask: (recording: Database) => Promise<unknown>][] = [
    ['Read by id', (on) => lookAtRow(on, key, 'EpisodeOfCare', recordId(person, 'community-episode'))],
    ['Everything of a citizen', (on) => lookAtEverything(on, key, citizenId(person), { type: '', id: noId }, 50)],
    ['Work list of a team, newest 20', (on) => searchRows(on, key, teamList(1), null)],
    ['Count of a service of the whole city', (on) => countMatches(on, key, cityList(1))],
    ['Search by identifier', (on) => searchCitizens(on, key, search('Patient', [['identifier', `${nhsNumberSystem}|${numberOf(person)}`]]), null)],
  ];
  const explainer = await openExplainer(url, key);
  try {
    const plans: Plan[] = [];
    for (const [title, ask] of questions) plans.push({ title, statements: await explainer.explain(await statementOf(database, ask)) });
    return plans;
  } finally {
    await explainer.close();
  }
}

/** The statement a query sends. */
async function statementOf(database: Database, ask: (recording: Database) => Promise<unknown>): Promise<Statement> {
  const sent: Statement[] = [];
  await ask({ ...database, serve: (role, grantKey, statement) => {
    sent.push(statement);
    return database.serve(role, grantKey, statement);
  } });
  const [statement] = sent;
  if (!statement) throw new Error('a query of the benchmark sent nothing');
  return statement;
}

/** A session of the reader that is told the plan of every statement it runs. */
async function openExplainer(url: string, grantKey: string): Promise<{ explain: (statement: Statement) => Promise<string[]>; close: () => Promise<void> }> {
  const client = new pg.Client({ connectionString: url, options: '-c jit=off' });
  await client.connect();
  await client.query("load 'auto_explain'");
  for (const [name, value] of Object.entries({ log_min_duration: '0', log_analyze: 'on', log_buffers: 'off', log_timing: 'off', log_nested_statements: 'on', log_level: 'notice' })) {
    await client.query(`set auto_explain.${name} = ${value}`);
  }
  await client.query(`set role ${readerRole}`);
  await client.query("select set_config('onestory.grant', $1, false)", [grantKey]);
  let heard: string[] = [];
  client.on('notice', ({ message }) => { if (message?.includes('plan:')) heard.push(message); });
  return {
    explain: async (statement) => {
      for (let run = 0; run < runs; run += 1) {
        heard = [];
        await client.query({ ...statement, name: statement.name === '' ? '' : `explained-${statement.name}` });
      }
      return heard;
    },
    close: () => client.end(),
  };
}

async function pageOf(world: World, { url, citizens }: City, plans: readonly Plan[]): Promise<string> {
  const sizes = await world.query<{ relname: string; rows: number }>(url, `select relname, reltuples::int as rows from pg_class
    where relname in ('citizen_row', 'citizen_version', 'citizen_fragment', 'relationship', 'choice_rule', 'sharing_class') order by relname`);
  const [version] = await world.query<{ server_version: string }>(url, 'show server_version');
  return `# Plans of the hottest queries

Written by \`npm run bench -- sharing --plans\`, which fails when one of them goes through a whole table of rows or
versions. Taken on PostgreSQL ${version?.server_version.split(' ')[0] ?? ''} with ${citizens.toLocaleString('en-GB')} people, as the reader role, under the grant of a social worker
in a partnership of 300 organisations and 200 clauses, after the statement had run ${runs - 1} times. Only the steps that
were taken are kept, with the index and the condition they use; the predicate of the door stands in the filters and is left
out (\`src/store/schema/visible.ts\` has it). A query that is a function has a plan for each of its statements.

| table | rows |
| --- | --- |
${sizes.map(({ relname, rows }) => `| \`${relname}\` | ${rows.toLocaleString('en-GB')} |`).join('\n')}
${plans.map(({ title, statements }) => `\n## ${title}\n${statements.map((text) => `\n\`\`\`\n${trimmed(text)}\n\`\`\`\n`).join('')}`).join('')}`;
}

const step = /->|Index Cond|InitPlan|SubPlan|CTE|^[A-Z].*\(actual/;
const longest = 160;

/** The steps that were taken, without their costs. */
function trimmed(text: string): string {
  const lines = text.split('\n').map((line) => line.replace(/ {2}\(cost=[^)]*\)/, '').trimEnd());
  const deepestSkipped = (depth: number, line: string): number => (indent(line) <= depth ? (line.includes('never executed') ? indent(line) : Infinity) : depth);
  let skipping = Infinity;
  const taken = lines.filter((line) => {
    skipping = deepestSkipped(skipping, line);
    return skipping === Infinity && step.test(line.trim()) && !line.includes('Filter: ');
  });
  const empty = (line: string, i: number): boolean => /^(?:SubPlan|InitPlan|CTE) /.test(line.trim()) && indent(taken[i + 1] ?? '') <= indent(line);
  return taken.filter((line, i) => !empty(line, i)).map((line) => (line.length > longest ? `${line.slice(0, longest)} …` : line)).join('\n');
}

function indent(line: string): number {
  return line.length - line.trimStart().length;
}
