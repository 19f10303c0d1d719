import { readFileSync } from 'node:fs';
import { textOf } from '../../src/fhir/json.ts';
import type { BundleSchema } from '../../src/intake/fhir/bundle-schema.ts';
import { formats } from '../../src/intake/formats.ts';
import type { Mappings } from '../../src/intake/load-mappings.ts';
import type { Column, Feed, Kind, MessageSchema, Part } from '../../src/intake/types.ts';
import { exampleFile, examplesOf, type Outcome } from '../mappings/run-example.ts';

/** docs/feeds.md, made from mappings/: what each feed takes, what becomes of it, and how it is tried. */
export function describeFeeds(mappings: Mappings): string {
  const lines = [
    '# The feeds',
    '',
    'Made from `mappings/` by a test; `UPDATE_DOCS=1 npm test -- test/docs/feeds` writes it anew. What a file may say beyond',
    'this, and what becomes of every code, is in the kind\'s maps and tables.',
    '',
    '| feed (and OAuth client) | partner | system | kind | post to |',
    '| --- | --- | --- | --- | --- |',
    ...mappings.feeds.map((feed) => `| \`${feed.key}\` | ${feed.partner.name} | ${feed.system} | [${feed.kind}](#${feed.kind}) | ${pathsOf(mappings, feed)} |`),
    '',
    'A reader is told the system: `meta.source` of an entry is `urn:onestory:{partnerKey}:{feed}#{record}/{row}`, and',
    '`/fhir/Device?identifier=https://fhir.bicp.example/Id/feed|{feed}` is the Device with that name and its owner.', '',
    'The body is the partner\'s bytes as they are. The token is that of the feed\'s own client, with the scope `intake`.',
    'The answer is `202` with a Task, or with `Prefer: wait=10` the finished one: received = stored + unchanged + pending +',
    'quarantined + rejected, and every problem with row, line and field.',
    ...[...mappings.kinds.values()].sort((a, b) => a.name.localeCompare(b.name)).flatMap((kind) => describeKind(mappings, kind)),
  ];
  return `${lines.join('\n')}\n`;
}

function pathsOf(mappings: Mappings, feed: Feed): string {
  const parts = mappings.kinds.get(feed.kind)?.parts ?? [];
  return parts.map(({ name }) => `\`/intake/${feed.key}${name === '' ? '' : `/${name}`}\``).join('<br>');
}

function describeKind(mappings: Mappings, kind: Kind): string[] {
  const { maxBytes, maxRows } = kind.limits;
  const update = kind.format === 'fhir'
    ? 'Each record is said whole: of each the one that was true last stands, whatever order they arrive in.'
    : kind.update === 'patch'
    ? 'Each message is a patch: what is absent stays, `""` clears, and the event that happened last wins.'
    : 'Each row says all there is: a row sent again replaces what it said before.';
  return [
    '', `## ${kind.name}`, '', `${kind.title}. Format ${kind.format}, times in ${kind.zone}.`,
    `At most ${Math.round(maxBytes / 1e6)} MB and ${maxRows.toLocaleString('en-GB')} ${formats[kind.format].rows} in one post (or \`ONESTORY_MAX_INTAKE_BYTES\`, if that is less). ${update}`,
    ...kind.parts.flatMap((part) => describePart(part)),
    ...describeCategories(kind),
    ...describeTables(mappings, kind),
    ...describeDropped(mappings, kind),
    ...describeExamples(kind),
  ];
}

function describePart(part: Part): string[] {
  const title = part.name === '' ? 'Content' : `Part ${part.name}`;
  return ['', `### ${title}`, '', `Map: \`${part.map}\`.`, '', ...(part.columns ? columnLines(part.columns) : []), ...(part.messages ? messageLines(part.messages) : []), ...(part.bundle ? bundleLines(part.bundle) : [])];
}

function columnLines(columns: readonly Column[]): string[] {
  return [
    'One header line with these columns in this order, then one row per record.', '',
    '| column | must have a value | form |', '| --- | --- | --- |',
    ...columns.map(({ header, required, personKey, format, maxLength }) => {
      const form = [personKey ? 'the sender\'s person id' : '', format ?? '', maxLength === undefined ? '' : `at most ${maxLength} characters`].filter((each) => each !== '').join(', ');
      return `| ${header} | ${required || personKey ? 'yes' : ''} | ${form} |`;
    }),
  ];
}

function messageLines(messages: MessageSchema): string[] {
  const scopes = (['person', 'visit', 'message'] as const).map((scope) =>
    `${scope}: ${Object.entries(messages.segments).filter(([, segment]) => segment.scope === scope).map(([name, { repeats }]) => (repeats ? `${name} (repeats)` : name)).join(', ')}`);
  return [
    `MSH-12 is ${messages.versions.join(' or ')}. Segments by what they are about: ${scopes.join('; ')}.`, '',
    '| event | must be present | must have a value | becomes |', '| --- | --- | --- | --- |',
    ...Object.entries(messages.events).map(([event, { segments, fields, status, parked }]) =>
      `| ${event} | ${['MSH', 'EVN', 'PID', ...segments].join(', ')} | ${fields.join(', ')} | ${parked === undefined ? (status === undefined ? '' : `visit ${status}`) : `waits: ${parked}`} |`),
  ];
}

function bundleLines({ version, bundles, pages, events, types, limits, nowhere }: BundleSchema): string[] {
  return [
    `A FHIR ${version} Bundle of type ${bundles.join(' or ')}, about one person${pages === undefined ? '' : `; or a ${pages} whose entries are rows of their own`}.${events ? ` Events: ${events.join(', ')}.` : ''}`,
    `At most ${limits.entries.toLocaleString('en-GB')} entries and attachments of ${limits.attachmentBytes.toLocaleString('en-GB')} bytes. A reference that leads nowhere is ${nowhere === 'refuse' ? 'refused' : 'left out with a warning'}; one to another server is refused.`,
    '', `Resources: ${types.join(', ')}.`,
  ];
}

function describeCategories(kind: Kind): string[] {
  return [
    '', '### What sort of information', '', 'The first rule that fits decides. What fits none is `unclassified` and is seen by its custodian only.', '',
    '| resource | partner | code | category |', '| --- | --- | --- | --- |',
    ...kind.categories.map(({ type, partner, code, category }) => `| ${type} | ${partner ?? 'every'} | ${code === undefined ? 'any' : `\`${code.replaceAll('|', '\\|')}\``} | ${category} |`),
  ];
}

function describeTables(mappings: Mappings, kind: Kind): string[] {
  const feeds = mappings.feeds.filter((feed) => feed.kind === kind.name);
  const perPartner = feeds.map(({ partner }) => ({ partner: partner.partnerKey, tables: mappings.files(kind.name, partner.partnerKey).tables }));
  const names = [...new Set(perPartner.flatMap(({ tables }) => tables.map(({ name }) => name)))].sort();
  return [
    '', '### Code tables', '', '| table | its own for |', '| --- | --- |',
    ...names.map((name) => {
      const own = perPartner.filter(({ tables }) => tables.some((table) => table.name === name && table.file.startsWith('partners/'))).map(({ partner }) => partner);
      return `| ${name} | ${own.join(', ')} |`;
    }),
  ];
}

function describeDropped(mappings: Mappings, kind: Kind): string[] {
  const dropped = mappings.dropped(kind.name);
  return ['', '### Deliberately not carried', '', '| field | reason | approved by |', '| --- | --- | --- |', ...dropped.map(({ field, reason, approvedBy }) => `| ${field} | ${reason} | ${approvedBy} |`)];
}

function describeExamples(kind: Kind): string[] {
  return [
    '', '### Examples', '', `In \`mappings/${kind.name}/examples/\`, each with its input and what becomes of it.`, '', '| example | becomes | problems |', '| --- | --- | --- |',
    ...examplesOf(kind.name).map((example) => {
      const { resources = [], problems = [] } = JSON.parse(readFileSync(exampleFile(kind.name, example, 'expected.json'), 'utf8')) as Outcome;
      const types = resources.map((resource) => textOf(resource['resourceType']));
      const counted = [...new Set(types)].sort().map((type) => `${type} ${types.filter((each) => each === type).length}`).join(', ');
      return `| ${example} | ${counted || 'nothing'} | ${[...new Set(problems.map(({ code, severity }) => (severity === 'warning' ? `${code} (warning)` : code)))].join(', ')} |`;
    }),
  ];
}
