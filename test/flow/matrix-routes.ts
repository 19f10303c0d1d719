/** Where each route of the app stands in docs/sharing-matrix.md: under the columns that ask it, or without one, for a reason. */

/** Routes with the columns they are asked by. */
export const columnsOf: Readonly<Record<string, readonly string[]>> = {
  'GET /fhir/:type/:id': ['read', 'HEAD', 'conditional', 'composed', 'part'],
  'GET /fhir/:type/:id/_history/:version': ['vread'],
  'GET /fhir/:type/:id/_history': ['history'],
  'GET /fhir/:type/_history': ['history of the type'],
  'GET /fhir/_history': ['history of all'],
  'GET /fhir/:type': ['XML', 'by id', 'by patient', 'by identifier', 'by code', 'kept list', 'count', 'sort, pages', 'by name', 'by part', 'include', 'revinclude', 'chained', '_has', '_summary', 'negated'],
  'POST /fhir/:type/_search': ['posted', 'viewer'],
  'GET /fhir/Patient/:id/:type': ['compartment'],
  'GET /fhir/:type/:id/$validate': ['$validate'],
  'GET /fhir/Patient/:id/$everything': ['$everything'],
  'GET /fhir/Patient/:id/$story': ['$story'],
  'GET /fhir/Patient/:id/$summary': ['$summary'],
  'GET /fhir/Patient/:id/$presence': ['$presence'],
  'GET /fhir/Patient/:id/$timeline': ['$timeline'],
  'GET /fhir/Patient/$ihe-pix': ['$ihe-pix'],
  'POST /fhir/Patient/$match': ['$match'],
  'GET /fhir/DocumentReference/$docref': ['$docref'],
  'POST /fhir': ['batch'],
  'GET /fhir/Patient/:id/$access-report': ['who looked'],
  'GET /governance/subject-access/:id': ['taken out'],
  'GET /fhir/:type/:id/$explain-access': ['explained'],
  'POST /fhir/Patient/$break-glass': ['after emergency'],
  'GET /fhir/Group/:id/$export': ['export'],
  'GET /fhir/_export/:id': ['export'],
  'GET /fhir/_export/:id/:name': ['export'],
  'POST /fhir/Subscription': ['notification', '$events'],
  'GET /fhir/Subscription/:id/$events': ['$events'],
};

const under = (at: string, ...names: readonly string[]): string[] => names.map((name) => { const [method = '', path = ''] = name.split(' '); return `${method} ${at}${path}`; });
const both = (at: string, ...paths: readonly string[]): string[] => paths.flatMap((path) => [`GET ${at}${path}`, `POST ${at}${path}`]);

/** Routes without a column, and why none of what a row asks for can come that way, or where it is compared instead. */
export const withoutColumn: readonly { why: string; routes: readonly string[] }[] = [
  { why: 'the same question in a body: read by the same code as the column with GET', routes: [
    ...under('/fhir/Patient/', ...['$everything', '$story', '$summary', '$presence', '$timeline', '$access-report'].map((name) => `POST :id/${name}`), ...['$summary', '$presence', '$ihe-pix'].map((name) => `POST ${name}`), 'POST :id/:type/_search'),
    'POST /fhir/DocumentReference/$docref', 'POST /fhir/Group/:id/$export', 'POST /fhir/Subscription/:id/$events'] },
  { why: 'for purposes beyond the care of one person only, by the code of the column *export*', routes: both('/fhir/', '$export', 'Patient/$export') },
  { why: 'tells of a subscription or an export, and of no record', routes: [...both('/fhir/Subscription/', '$status', ':id/$status'), ...under('/fhir/', 'PUT Subscription/:id', 'DELETE Subscription/:id', 'DELETE _export/:id')] },
  { why: 'answers with what the caller wrote of their own organisation; that a write tells nothing of what is hidden is compared in the twin worlds', routes: [
    ...['', '/:id'].flatMap((id) => under('/fhir/:type', ...['PUT', 'PATCH', 'DELETE'].map((method) => `${method} ${id}`))), 'POST /fhir/:type', 'POST /fhir/Consent', 'PUT /fhir/Consent/:id',
    ...under('/fhir/', 'POST :type/:id/$same-event', 'POST Patient/:id/$confirm', 'POST Patient/:id/$correct', 'POST Patient/:id/$end-break-glass', 'POST $process-message'), 'POST /launch'] },
  { why: 'checks or maps what the caller sends', routes: under('/fhir/', 'POST :type/$validate', 'POST :type/:id/$validate', 'POST StructureMap/$transform', 'POST StructureMap/:id/$transform') },
  { why: 'published, and nobody\'s data', routes: [...both('/fhir/', 'CodeSystem/$lookup', 'ConceptMap/$translate', 'ConceptMap/:id/$translate', 'ValueSet/$expand', 'ValueSet/$validate-code', 'ValueSet/:id/$expand', 'ValueSet/:id/$validate-code'), ...under('/', 'GET fhir/metadata', 'GET fhir/openapi.json', 'GET fhir/.well-known/smart-configuration', 'GET .well-known/smart-configuration')] },
  { why: 'the caller, as their own token says', routes: ['GET /fhir/Practitioner/:id'] },
  { why: 'receives files, and tells the sender of that file alone', routes: under('/intake/:feed', 'POST ', 'POST /:part', 'POST /uploads', 'OPTIONS /uploads', ...['DELETE', 'HEAD', 'OPTIONS', 'PATCH'].map((method) => `${method} /uploads/:id`)) },
  { why: 'the register of agreements, of programs and of retention, which names no person', routes: under('/governance/', 'GET agreements', 'GET agreements/:id/:version', 'POST agreements', 'POST agreements/:id/:version/activate', 'POST agreements/:id/:version/sign', 'POST agreements/:id/:version/terminate',
    'GET clients', 'POST clients', 'POST clients/:id/disable', 'POST clients/:id/enable', 'POST clients/:id/keys', 'GET retention', 'POST retention/:rule/erase') },
  { why: 'counts for those who watch over sharing, without names', routes: under('/governance/', 'POST agreements/what-if', 'GET told-once', 'GET linkage-run', 'GET linkage-run/changes', 'POST linkage-run/approve', 'POST linkage-run/give-up', 'POST linkage-run/start') },
  { why: 'the log and what follows from it, for those who watch over sharing: of it the column *log* stands here, and the rest in [known-gaps.md](known-gaps.md)', routes: [
    'GET /fhir/AuditEvent/:id/$reconstruct', ...under('/audit/', 'GET checkpoint', 'POST checkpoint', 'GET consistency', 'GET entries/:id/proof', 'POST entries/:id/redact', 'GET export', 'GET keys'),
    ...under('/governance/', 'GET cases', 'GET cases/:reference', ...['answer', 'ask', 'close', 'note', 'reopen', 'take'].map((act) => `POST cases/:reference/${act}`), 'GET emergency-accesses', 'GET emergency-accesses/:reference', 'POST emergency-accesses/:reference/review',
      'POST emergency-accesses/:reference/revoke', 'GET hold-backs', 'POST hold-backs', 'POST hold-backs/:id/end', 'GET legal-holds', 'POST legal-holds', 'POST legal-holds/:id/end', 'GET look-replays', 'GET reports/:name', 'GET watched-citizens', 'POST watched-citizens', 'POST watched-citizens/:id/end')] },
  { why: 'for those who settle who somebody is: what is hidden from them is kept back there, which `test/flow` compares by itself', routes: under('/governance/', 'GET link-reviews', 'GET link-reviews/:reference', ...['claim', 'decide', 'release', 'undo'].map((act) => `POST link-reviews/:reference/${act}`), 'GET links/:citizen') },
  { why: 'for the feed\'s own organisation, of what it sent itself', routes: under('/governance/feeds', 'GET ', 'GET /:feed', 'GET /:feed/ledger', 'GET /:feed/replay', 'GET /:feed/work-list', 'POST /:feed/replay/approve', 'POST /:feed/replay/give-up', 'POST /:feed/replay/start', 'POST /:feed/requeue') },
  { why: 'signing in, pages and files: they know personas and clients, and no record; about whom an app opens is looked for through the door, as a search and a read are', routes: [...under('/', 'GET ', 'GET app/launch', 'POST app/launch', 'GET integrate', 'GET livez', 'GET readyz', 'GET start.css', 'GET oauth/auth', 'GET oauth/auth/:uid', 'GET oauth/interaction/:uid', 'POST oauth/interaction/:uid', 'GET session', 'GET session/callback', 'GET session/sign-in', 'POST session/extend', 'POST session/sign-out'),
    ...['/', '/app', '/audit', '/fhir', '/governance', '/intake', '/launch', '/oauth', '/session'].map((path) => `USE ${path}`)] },
];

/** Only where the viewer has been built. */
const whereBuilt = 'USE /app';

/** Routes of the table that have neither a column nor a reason, and what stands here of routes or columns there are not. */
export function misplacedRoutes(routes: readonly string[], columns: readonly string[]): string[] {
  const asked = routes.filter((route) => !route.startsWith('ALL '));
  const placed = [...Object.keys(columnsOf), ...withoutColumn.flatMap((each) => each.routes)];
  return [
    ...asked.filter((route) => !placed.includes(route)).map((route) => `${route} has neither a column nor a reason`),
    ...placed.filter((route, at) => !(asked.includes(route) || route === whereBuilt) || placed.indexOf(route) !== at).map((route) => `${route} is none, or stands here twice`),
    ...[...new Set(Object.values(columnsOf).flat())].filter((column) => !columns.includes(column)).map((column) => `${column} is no column`),
    ...columns.filter((column) => column !== 'log' && !Object.values(columnsOf).flat().includes(column)).map((column) => `${column} asks no route`),
  ];
}
