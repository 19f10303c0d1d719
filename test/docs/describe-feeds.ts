import { readFileSync } from 'node:fs';
import { textOf } from '../../src/fhir/json.ts';
import { postableParts, takesPackages } from '../../src/intake/addresses.ts';
import type { BundleSchema } from '../../src/intake/fhir/bundle-schema.ts';
import { formats } from '../../src/intake/formats.ts';
import type { Mappings } from '../../src/intake/load-mappings.ts';
import type { EventSchema, MessageSchema } from '../../src/intake/schema-types.ts';
import type { Column, Feed, Kind, LatestStatements, Part } from '../../src/intake/types.ts';
import { exampleFile, examplesOf, type Outcome } from '../mappings/run-example.ts';
import { documentLines } from './describe-documents.ts';

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
  const kind = mappings.kinds.get(feed.kind);
  return (kind ? postableParts(kind) : []).map((name) => `\`/intake/${feed.key}${name === '' ? '' : `/${name}`}\``).join('<br>');
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
    ...(takesPackages(kind) ? ['', 'The tables come together as one zip. Its files are told apart by their names; their order does not matter.'] : []),
    ...kind.parts.flatMap((part) => describePart(part)),
    ...describeCategories(kind),
    ...describeTables(mappings, kind),
    ...describeDropped(mappings, kind),
    ...describeExamples(kind),
  ];
}

function describePart(part: Part): string[] {
  const title = part.name === '' ? 'Content' : `Part ${part.name}`;
  return ['', `### ${title}`, '', `${readBy(part)}${part.file === undefined ? '' : ` File \`${part.file}\`${part.needed ? ', which every package holds' : ''}.`}`, '', ...(part.columns ? columnLines(part.columns, part.spreadsheet ?? false) : []), ...(part.latest ? latestLines(part.latest) : []), ...asOfLines(part), ...(part.messages ? messageLines(part.messages) : []), ...(part.document ? documentLines(part.document) : []), ...(part.bundle ? bundleLines(part.bundle) : [])];
}

function readBy(part: Part): string {
  if (part.cover && part.columns?.every(({ sender }) => !sender) && !part.asOf) return 'A list that other tables look up in; its rows are nobody\'s record.';
  if (part.cover) return 'About the package itself: one row, read before anything else.';
  const waits = part.knownPeople ? ' Its rows wait until the person is known.' : '';
  const related = (part.relations ?? []).filter(({ as }) => as !== undefined).map((relation) => `${relation.part}${relation.whole ? ' (all of them, or none of this)' : ''}`);
  const beside = related.length > 0 ? ` Read with the rows of ${related.join(', ')} that belong to it.` : '';
  return part.readAs === undefined ? `Map: \`${part.map}\`.${beside}${waits}` : `Read with the row of ${part.readAs} it belongs to, by its map.`;
}

function columnLines(columns: readonly Column[], spreadsheet: boolean): string[] {
  return [
    `One header line that names each of these columns once, in any order, then one row per record.${spreadsheet ? ' A [sheet kept by hand](sheets-kept-by-hand.md).' : ''}`, '',
    '| column | must have a value | form |', '| --- | --- | --- |',
    ...columns.map(({ header, required, optional, personKey, sender, format, maxLength }) => {
      const form = [personKey ? 'the sender\'s person id' : '', sender ? 'an organisation the feed speaks for' : '', format ?? '', maxLength === undefined ? '' : `at most ${maxLength} characters`, optional ? 'the column may be absent' : ''].filter((each) => each !== '').join(', ');
      return `| ${header} | ${required || personKey ? 'yes' : ''} | ${form} |`;
    }),
  ];
}

function latestLines({ column, at }: LatestStatements): string[] {
  return ['', `Each row is a statement: what its \`${column}\` stands for is in the code tables. Of the same statement about the same person the latest by \`${at}\` counts, in whatever order rows and files come.`];
}

function asOfLines({ asOf = [], columns = [], cover }: Part): string[] {
  if (asOf.length === 0) return [];
  const headers = asOf.map((name) => `\`${columns.find((column) => column.name === name)?.header ?? ''}\``).join(', then ');
  return ['', cover ? `Of each record the newest package by ${headers} counts, in whatever order they come.` : `Of each record the newest row by ${headers} counts, in whatever order files come. A row that does not say counts by its arrival.`];
}

function messageLines(messages: MessageSchema): string[] {
  const words = { person: 'person', about: messages.about.name, other: 'shown to the map as sent', message: 'message' };
  const scopes = (['person', 'about', 'other', 'message'] as const).map((scope) =>
    `${words[scope]}: ${Object.entries(messages.segments).filter(([, segment]) => segment.scope === scope).map(([name, { repeats }]) => (repeats ? `${name} (repeats)` : name)).join(', ')}`);
  return [
    `MSH-9 is \`${messages.type}\`, MSH-12 one of ${messages.versions.join(', ')}. Segments by what they are about: ${scopes.join('; ')}. Other Z segments are kept`,
    'with the message; nothing is taken from them, and the Task says so.', '',
    `When it happened is the first of ${messages.time.join(', ')}; an event that takes another back names in EVN-6 when that one happened, and was said at EVN-2.`,
    `A date of ${messages.placeholders.join(' or ')} is taken as nothing said.`, '',
    '| event | must be present | must have a value | becomes |', '| --- | --- | --- | --- |',
    ...Object.entries(messages.events).map(([event, rules]) =>
      `| ${event} | ${['MSH', ...messages.always.segments, ...rules.segments].join(', ')} | ${[...messages.always.fields, ...rules.fields].join(', ')} | ${becomes(messages, rules)} |`),
  ];
}

/** What messages about whom records are about do. */
const effects = { join: 'two people are one', part: 'two people are told apart', 'move-visit': 'a visit goes to another person or number' } as const;

function becomes({ about }: MessageSchema, { status, person, undoes, clears, merges, does }: EventSchema): string {
  if (merges === 'account-of-person') return `all ${about.name}s of an account go to another person`;
  if (merges !== undefined && does !== undefined) return effects[does];
  return [
    ...(status === undefined ? [] : [`${about.name} ${status}`]), ...(person === 'deleted' ? ['person deleted'] : []),
    ...(undoes === undefined ? [] : [`takes back ${undoes.join(' or ')}`]), ...(clears === undefined ? [] : [`empties ${clears.join(', ')}`]),
  ].join('; ');
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
  const left = (kind.leftOut ?? []).map(({ file, reason, approvedBy }) => ({ field: `table ${file}`, reason, approvedBy }));
  return ['', '### Deliberately not carried', '', '| field | reason | approved by |', '| --- | --- | --- |', ...[...dropped, ...left].map(({ field, reason, approvedBy }) => `| ${field} | ${reason} | ${approvedBy} |`)];
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
