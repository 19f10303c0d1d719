// Prints a FHIR answer of the gateway in a few lines, for the first tour:  curl … | node docs/outline.mjs
// With --id it prints the id of the first entry and nothing else. Runs on the machine's own Node, 18 or later.
import { readFileSync } from 'node:fs';

const answer = parse(readFileSync(0, 'utf8'));
if (!process.argv.includes('--id')) process.stdout.write(`${outline(answer).join('\n')}\n`);
else if (answer.entry?.[0]?.resource?.id) process.stdout.write(`${answer.entry[0].resource.id}\n`);
else fail(outline(answer).join('\n'));

function fail(text) {
  process.stderr.write(`${text}\n`);
  process.exit(1);
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return fail(text === '' ? 'There was no answer.' : text);
  }
}

function outline(resource) {
  switch (resource.resourceType) {
    case 'Bundle': return outlineBundle((resource.entry ?? []).map((entry) => entry.resource));
    case 'Task': return outlineTask(resource);
    case 'OperationOutcome': return resource.issue.map(issueLine);
    case 'Parameters': return resource.parameter.filter(({ name }) => name === 'rule').flatMap(ruleLines);
    default: return JSON.stringify(resource, null, 2).split('\n');
  }
}

/** People first, then what each custodian says, then what stands beside it, then what the gateway says of the answer. */
function outlineBundle(resources) {
  if (resources.some(({ resourceType }) => resourceType === 'AuditEvent')) return resources.flatMap(auditLines);
  const people = resources.filter(({ resourceType }) => resourceType === 'Patient');
  const beside = resources.filter(({ resourceType }) => ['Organization', 'Provenance'].includes(resourceType));
  const notices = resources.filter(({ resourceType }) => resourceType === 'OperationOutcome');
  const records = resources.filter((resource) => ![...people, ...beside, ...notices].includes(resource));
  const names = new Map(resources.flatMap(({ meta }) => meta?.tag ?? []).filter(({ display }) => display).map(({ code, display }) => [code, display]));
  const custodians = [...new Set(records.map(custodianOf))].sort();
  return [
    ...people.map(personLine),
    ...custodians.map((code) => `  ${code.padEnd(10)}${counts(records.filter((record) => custodianOf(record) === code))}${names.has(code) ? `   (${names.get(code)})` : ''}`),
    ...(beside.length > 0 ? [`  beside it ${counts(beside)}`] : []),
    ...notices.flatMap(({ issue }) => issue.map(issueLine)),
    ...(resources.length === 0 ? ['Nothing.'] : []),
  ];
}

function personLine({ id, name, gender, birthDate, meta }) {
  const { given = [], family = '' } = name?.[0] ?? {};
  return `Patient/${id}  ${[...given, family].join(' ')}, ${gender}, born ${birthDate}; told by ${(meta?.tag ?? []).map(({ code }) => code).join(', ')}`;
}

function custodianOf({ meta }) {
  return meta?.tag?.[0]?.code ?? 'none';
}

/** `CarePlan 2, CareTeam 1` */
function counts(resources) {
  const types = [...new Set(resources.map(({ resourceType }) => resourceType))].sort();
  return types.map((type) => `${type} ${resources.filter(({ resourceType }) => resourceType === type).length}`).join(', ');
}

function outlineTask({ status, output = [], contained = [] }) {
  const numbers = output.filter(({ valueInteger }) => valueInteger !== undefined).map(({ type, valueInteger }) => `${type.coding[0].code} ${valueInteger}`);
  return [`Task ${status}: ${numbers.join(', ')}`, ...contained.flatMap(({ issue = [] }) => issue.map(issueLine))];
}

/** Of an explanation: the rule that decided, and why. */
function ruleLines({ part }) {
  const { number, effect, sentence } = Object.fromEntries(part.map(({ name, ...value }) => [name, Object.values(value)[0]]));
  return effect === 'not-decided' ? [] : [`rule ${number}: ${effect}. ${sentence}`];
}

function issueLine({ severity, code, details, diagnostics }) {
  return `  ${severity} ${code} [${details?.coding?.[0]?.code ?? ''}] ${details?.text ?? ''}${diagnostics ? ` ${diagnostics}` : ''}`;
}

/** Who did what and when, then each decision with how many rows it was about. */
function auditLines({ recorded, outcome, agent = [], entity = [] }) {
  const who = agent.find(({ requestor }) => requestor)?.who;
  const facts = Object.fromEntries(entity.flatMap(({ detail = [] }) => detail).filter(({ type }) => ['interaction', 'query', 'status'].includes(type)).map(({ type, valueString }) => [type, valueString]));
  const decisions = entity.filter(({ type }) => type?.code === 'decision').map(({ detail }) => Object.fromEntries(detail.map(({ type, valueString }) => [type, valueString])));
  return [
    `${recorded.slice(11, 19)}  ${who?.display ?? 'nobody known'} (${who?.identifier?.value ?? ''})  ${facts.interaction} ${facts.query}  ${outcome === '0' ? 'permitted' : 'refused'}, status ${facts.status}`,
    ...decisions.map(({ effect, rule, sentence, count }) => `    ${effect.padEnd(6)} rule ${rule}, ${count} of them: ${sentence}`),
  ];
}
