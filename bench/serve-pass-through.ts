import express from 'express';
import pg from 'pg';

/**
 * What a gateway is measured against: the same rows from the same database over the same Express, with no questions
 * asked. Named statements, and no middleware it can do without. Run as a child process with the database's URL.
 */
const pool = new pg.Pool({ connectionString: process.argv[2], max: 10 });
const app = express().disable('x-powered-by').disable('etag');

app.get('/EpisodeOfCare/:id', async (request, response) => {
  const { rows } = await pool.query<{ body: string }>({
    name: 'read', values: [request.params.id],
    text: `select v.body from citizen_row r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version
      where r.id = $1::uuid and r.type = 'EpisodeOfCare' and not r.deleted`,
  });
  response.set('Content-Type', 'application/fhir+json; charset=utf-8').end(rows[0]?.body);
});

app.get('/Patient/:id/everything', async (request, response) => {
  const { rows } = await pool.query<Row>({
    name: 'everything', values: [request.params.id],
    text: `select r.type, r.id, v.body from citizen_row r join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version
      where r.citizen_id = $1::uuid and not r.deleted order by r.type, r.id`,
  });
  response.set('Content-Type', 'application/fhir+json; charset=utf-8').end(bundleOf(rows));
});

app.get('/EpisodeOfCare', async (request, response) => {
  const { rows } = await pool.query<Row>({
    name: 'work-list', values: [request.query['tokens'], Number(request.query['count'])],
    text: `select r.type, r.id, v.body from (select * from citizen_row where tokens @> $1::bigint[] and not deleted order by updated_at desc, id limit $2) r
      join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version order by r.updated_at desc, r.id`,
  });
  response.set('Content-Type', 'application/fhir+json; charset=utf-8').end(bundleOf(rows));
});

app.get('/by-date', async (request, response) => {
  const { rows } = await pool.query<Row>({
    name: 'by-date', values: [request.query['type'], request.query['from'], Number(request.query['count'])],
    text: `select r.type, r.id, v.body from (select * from citizen_row where type = $1 and not deleted and from_at >= $2::timestamptz order by from_at desc, id limit $3) r
      join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version order by r.from_at desc, r.id`,
  });
  response.set('Content-Type', 'application/fhir+json; charset=utf-8').end(bundleOf(rows));
});

app.get('/chained', async (request, response) => {
  const { rows } = await pool.query<Row>({
    name: 'chained', values: [request.query['type'], request.query['token'], Number(request.query['count'])],
    text: `select r.type, r.id, v.body from (select distinct citizen_id from citizen_row where tokens @> array[$2::bigint]) p
      join citizen_row r on r.citizen_id = p.citizen_id and r.type = $1 and not r.deleted
      join citizen_version v on v.citizen_id = r.citizen_id and v.id = r.id and v.version = r.version order by r.updated_at desc, r.id limit $3`,
  });
  response.set('Content-Type', 'application/fhir+json; charset=utf-8').end(bundleOf(rows));
});

const text = express.text({ type: () => true, limit: '2mb' });
const insert = 'insert into bench_written (key, body) select * from unnest($1::text[], $2::text[]) on conflict (key) do update set body = excluded.body';

app.all('/written/:key', text, async (request, response) => {
  await pool.query({ name: 'insert', text: insert, values: [[request.params['key']], [request.body]] });
  response.status(201).set('Content-Length', '0').end();
});

app.post('/written', text, async (request, response) => {
  const entries = JSON.parse(String(request.body)) as { key: string; entry: unknown }[];
  await pool.query({ name: 'insert', text: insert, values: [entries.map(({ key }) => key), entries.map(({ entry }) => JSON.stringify(entry))] });
  response.status(200).set('Content-Length', '0').end();
});

interface Row {
  type: string;
  id: string;
  body: string;
}

function bundleOf(rows: readonly Row[]): string {
  return `{"resourceType":"Bundle","type":"searchset","entry":[${rows.map(({ type, id, body }) => `{"fullUrl":"${type}/${id}","resource":${body}}`).join(',')}]}`;
}

const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (address !== null && typeof address === 'object') process.send?.({ url: `http://127.0.0.1:${address.port}` });
});
process.on('disconnect', () => process.exit(0));
