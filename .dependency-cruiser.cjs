// The import direction of src/: edge → flow → steps → fhir, read as the architecture. A rule changes only together with
// a decision record. bin/arch.mjs runs this and refuses a run that saw fewer modules than src has files.
const steps = 'intake|mapping|linkage|story|consent|audit|measures|store';
const step = `^src/(${steps})/`;
const entry = '^src/(main|cli|sandbox)[.]ts$';
/** `import type` may cross a border; behaviour may not. */
const behaviour = { dependencyTypesNot: ['type-only'] };
const outside = (...names) => `(^|node_modules/)(${names.join('|')})(/|$)`;

const layers = [
  {
    name: 'steps-do-not-call-steps', comment: 'Only src/flow puts steps together.',
    from: { path: step }, to: { path: step, pathNot: '^src/$1/', ...behaviour },
  },
  {
    name: 'steps-know-only-fhir', comment: 'A step does not reach up to flow, edge, demo, viewer or the root files.',
    from: { path: step }, to: { path: '^src/', pathNot: [step, '^src/fhir/'], ...behaviour },
  },
  {
    name: 'fhir-knows-nobody', comment: 'The shared vocabulary depends on nothing else in src, types included.',
    from: { path: '^src/fhir/' }, to: { path: '^src/', pathNot: '^src/fhir/' },
  },
  {
    name: 'flow-below-edge', comment: 'A story knows steps and vocabulary, not sockets, Express or wiring.',
    from: { path: '^src/flow/' }, to: { path: '^src/', pathNot: [step, '^src/(flow|fhir)/'], ...behaviour },
  },
  {
    name: 'edge-only-calls-flow', comment: 'An edge that calls a step by itself can go round consent or audit.',
    from: { path: '^src/edge/' }, to: { path: '^src/', pathNot: '^src/(edge|flow|fhir|demo)/', ...behaviour },
  },
  {
    name: 'demo-is-a-leaf', comment: 'The generator writes partners\' files and knows nothing of the gateway.',
    from: { path: '^src/demo/' }, to: { path: '^src/', pathNot: '^src/demo/', ...behaviour },
  },
  {
    name: 'viewer-is-a-client', comment: 'The viewer talks to the API over HTTP like anybody else.',
    from: { path: '^src/viewer/' }, to: { path: '^src/', pathNot: '^src/viewer/', ...behaviour },
  },
  {
    name: 'nobody-imports-the-viewer', comment: 'It is built and served, never called.',
    from: { path: '^src/', pathNot: '^src/viewer/' }, to: { path: '^src/viewer/' },
  },
  {
    name: 'entry-points-are-ends', comment: 'main, cli and sandbox are started, not imported.',
    from: { path: '^src/' }, to: { path: entry },
  },
  {
    name: 'one-file-connects', comment: 'Every connection is opened where its role and its grant are seen to.',
    from: { path: '^src/', pathNot: '^src/store/database[.]ts$' }, to: { path: outside('pg', 'pg-[^/]+', '@electric-sql/[^/]+'), ...behaviour },
  },
  {
    name: 'one-place-opens', comment: 'The record is opened for the entry points, which hand it on; nobody else has a second one. A sandbox has its own, in a process of its own.',
    from: { path: '^src/', pathNot: '^src/(open-record|sandbox)[.]ts$' }, to: { path: '^src/store/database[.]ts$', ...behaviour },
  },
  {
    name: 'src-does-not-import-tests', comment: 'Tests and benchmarks use src, not the other way round.',
    from: { path: '^src/' }, to: { path: '^(test|bench|bin)/' },
  },
];

const packages = [
  ['sql-only-in-store', '^src/store/', ['pg', 'pg-[^/]+', 'kysely', '@electric-sql/[^/]+']],
  ['express-only-at-the-edge', '^src/(edge/http/|app[.]ts$|main[.]ts$)', ['express', 'helmet', 'sirv']],
  ['issuer-only-at-the-edge', '^src/edge/', ['oidc-provider', 'openid-client', 'jose', 'pino', 'commander', 'fhir-kit-client']],
  ['metrics-only-at-the-edge', '^src/edge/metrics/', ['prom-client']],
  ['ajv-only-where-shapes-are-checked', '^src/(intake/|consent/|fhir/|config[.]ts$)', ['ajv', 'ajv-formats']],
  ['zip-only-in-intake', '^src/intake/', ['yauzl']],
  ['xml-is-read-guarded', '^src/(fhir/xml/|intake/documents/parse-xml[.]ts$)', ['saxes']],
  ['react-only-in-viewer', '^src/viewer/', ['react', 'react-dom', 'react-router', '@tanstack/react-query']],
  ['components-only-behind-ui', '^src/viewer/ui/nhs[.]ts$', ['nhsuk-react-components']],
];

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', comment: 'A cycle means two files are one file.', from: {}, to: { circular: true, viaOnly: behaviour } },
    ...layers.map((rule) => ({ severity: 'error', ...rule })),
    ...packages.map(([name, home, names]) => ({
      name, severity: 'error', comment: `${names.join(', ')}: only under ${home}`,
      from: { path: '^src/', pathNot: name === 'issuer-only-at-the-edge' ? [home, entry] : home }, to: { path: outside(...names) },
    })),
    {
      name: 'resolvable', severity: 'error', comment: 'An import that leads nowhere is a file or a package forgotten.',
      from: {}, to: { couldNotResolve: true },
    },
    {
      name: 'no-orphans', severity: 'error', comment: 'Neither imports nor is imported: dead code.',
      from: { orphan: true, pathNot: '(main[.]tsx?|[.]d[.]ts)$' }, to: {},
    },
  ],
  options: {
    tsPreCompilationDeps: 'specify',
    tsConfig: { fileName: 'tsconfig.json' },
    doNotFollow: { path: 'node_modules' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'], mainFields: ['module', 'main', 'types', 'typings'] },
  },
};
