import type { CapabilityStatement } from '@medplum/fhirtypes';
import { openEmptyPglite } from '../databases.ts';
import { startGateway, type Gateway } from '../gateway.ts';
import { routeTable } from './route-table.ts';
import { uncoveredOffers, uncoveredRoutes } from './twin-arms.ts';
import type { TwinFacts } from './twin-facts.ts';
import { offeredForms, searchForm } from './twin-search.ts';

/** A route or a parameter that the twin worlds are not asked for would be a side door nobody looked at. */
let gateway: Gateway;
let statement: CapabilityStatement;
beforeAll(async () => {
  gateway = await startGateway(await openEmptyPglite());
  statement = (await (await fetch(`${gateway.url}/fhir/metadata`)).json()) as CapabilityStatement;
});
afterAll(() => gateway.close());

function factsOf(offered: CapabilityStatement): TwinFacts {
  const types = (offered.rest?.[0]?.resource ?? []).map(({ type = '' }) => type);
  return { statement: offered, types, rows: [], known: [], citizens: [], strangers: [], agreements: [], linkReviews: [], forms: offeredForms(offered).map((form) => searchForm(form, [])) };
}

/** The statement with the CarePlan's part changed. */
function offering(change: (resource: Record<string, unknown>) => void): CapabilityStatement {
  const changed = structuredClone(statement);
  const resource = changed.rest?.[0]?.resource?.find(({ type }) => type === 'CarePlan');
  change(resource as unknown as Record<string, unknown>);
  return changed;
}
const more = (list: unknown, item: unknown): unknown[] => [...(list as unknown[]), item];

it('asks every handler of the app', () => {
  const routes = routeTable(gateway.app);
  expect(routes.length).toBeGreaterThan(50);
  expect(uncoveredRoutes(routes)).toEqual([]);
});

it('asks for everything the statement offers, every parameter with every modifier and prefix the parser takes', () => {
  const forms = offeredForms(statement).map(({ type, parameter, form }) => `${type}.${parameter}${form}`);
  expect(forms).toEqual(expect.arrayContaining(['Patient.family', 'Patient.family:exact', 'CarePlan.datege', 'CarePlan.dateap', 'CarePlan.performer:identifier', 'CarePlan.performer:Organization', 'Task._lastUpdatedne']));
  expect(uncoveredOffers(factsOf(statement), routeTable(gateway.app))).toEqual([]);
});

it('would notice a new handler, wherever it is mounted', () => {
  gateway.app.get('/fhir/:type/:id/\\$unheard-of', (_request, response) => { response.end(); });
  gateway.app.use('/elsewhere', (_request, response) => { response.end(); });
  expect(uncoveredRoutes(routeTable(gateway.app))).toEqual(['GET /fhir/:type/:id/$unheard-of', 'USE /elsewhere']);
});

const inventions: [what: string, expected: string, change: (resource: Record<string, unknown>) => void][] = [
  ['parameter', 'CarePlan.unheard-of', (resource) => { resource['searchParam'] = more(resource['searchParam'], { name: 'unheard-of', type: 'string' }); }],
  ['interaction', 'CarePlan: unheard-of', (resource) => { resource['interaction'] = more(resource['interaction'], { code: 'unheard-of' }); }],
  ['operation', 'CarePlan/$unheard-of', (resource) => { resource['operation'] = [{ name: 'unheard-of' }]; }],
  ['sort of capability', 'CarePlan: referencePolicy', (resource) => { resource['referencePolicy'] = ['enforced']; }],
  ['include', 'CarePlan: CarePlan:unheard-of', (resource) => { resource['searchInclude'] = more(resource['searchInclude'], 'CarePlan:unheard-of'); }],
  ['include of what refers here', 'CarePlan: Task:status', (resource) => { resource['searchRevInclude'] = more(resource['searchRevInclude'], 'Task:status'); }],
];
it.each(inventions)('would notice a new %s in the statement', (_, expected, change) => {
  expect(uncoveredOffers(factsOf(offering(change)), routeTable(gateway.app))).toEqual([expected]);
});

it('would notice what the base itself newly offers', () => {
  const changed = structuredClone(statement);
  const [rest] = changed.rest ?? [];
  rest?.interaction?.push({ code: 'search-system' });
  rest?.operation?.push({ name: 'unheard-of', definition: 'https://fhir.bicp.example/OperationDefinition/unheard-of' });
  expect(uncoveredOffers(factsOf(changed), routeTable(gateway.app))).toEqual(['rest: search-system', 'rest/$unheard-of']);
});
