import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CapabilityStatement } from '@medplum/fhirtypes';
import { Command } from 'commander';
import { Refusal, type Problem } from '../../fhir/problem.ts';
import type { DueReport } from '../../flow/audit/retention.ts';
import type { AgreementEntry } from '../../flow/sharing/list-agreements.ts';
import { callGateway, textFromGateway } from './call-gateway.ts';
import type { CliContext } from './cli-context.ts';
import { missingEvidence, missingSources, readAssurance } from './evidence/assurance.ts';
import { billOfMaterials, type Lockfile } from './evidence/bill-of-materials.ts';
import { attackPage, faultPage, hazardPage, indexPage, type PackFile } from './evidence/pages.ts';
import { calling, type GatewayOptions } from './gateway-command.ts';
import { cannotWrite, fileExists } from './write-new.ts';

/** Pages of docs/ that are evidence as they stand. */
const pages: readonly [file: string, what: string][] = [
  ['sharing-matrix.md', 'Who is shown what, on every way there is, as a test found it'], ['faults.md', 'What happens when something breaks, and how it is tried'],
  ['known-gaps.md', 'What the proofs do not cover, and what is known to tell more than it should'], ['audit.md', 'How the audit log is held to its word'], ['retention.md', 'What is kept for how long'], ['verify-audit.mjs', 'The verifier of the audit log'],
];

/** `onestory evidence --out <folder>`: what those who answer for the record attach to their own papers. Refused as a whole when a claim rests on a test that is not there. */
export function evidenceCommand(context: CliContext): Command {
  return calling(context, new Command('evidence').description('a folder for a DPIA or a clinical safety case: agreements in force, sharing matrix, attacks, faults, hazards with their tests, gaps, versions, SBOM, checkpoint'))
    .requiredOption('--out <folder>', 'a new folder')
    .action(async ({ out, ...options }: GatewayOptions & { out: string }) => {
      if (existsSync(out)) return context.fail(fileExists, 2);
      try {
        const program = fromProgram(context);
        const files = [...program.files, ...await fromGateway(context, options, program.version)];
        write(context, out, files);
        context.print(`${files.length + 1} files. Begin at ${join(out, 'index.html')}.`);
      } catch (error) {
        for (const problem of error instanceof Refusal ? error.problems : [cannotWrite]) context.fail(problem, 2);
      }
    });
}

/** What the program itself says, of this version. */
function fromProgram({ rootDir, clock }: CliContext): { files: PackFile[]; version: string } {
  const absent = missingSources(rootDir, pages.map(([file]) => file));
  if (absent.length > 0) throw new Refusal({ ...incomplete, expected: absent.join(', ') });
  const assurance = readAssurance(rootDir);
  const missing = missingEvidence(rootDir, assurance);
  if (missing.length > 0) throw new Refusal(...missing.map((text): Problem => ({ ...claimEmpty, expected: text })));
  const lock = JSON.parse(readFileSync(join(rootDir, 'package-lock.json'), 'utf8')) as Lockfile;
  const files = [
    { name: 'hazards.html', what: 'Hazard log: each control with the tests it rests on', content: hazardPage(assurance) },
    { name: 'attacks.html', what: 'Attacks that are tried, with the tests that try them', content: attackPage(assurance) },
    { name: 'faults.html', what: 'Faults that are tried, with the tests that try them', content: faultPage(assurance) },
    { name: 'hazards.json', what: 'The hazard log as data', content: `${JSON.stringify(assurance.hazards, null, 2)}\n` },
    ...pages.map(([file, what]) => ({ name: file, what, content: readFileSync(join(rootDir, 'docs', file), 'utf8') })),
    { name: 'sbom.cdx.json', what: 'Every package the program is made of (CycloneDX 1.6)', content: `${JSON.stringify(billOfMaterials(lock, clock()), null, 2)}\n` },
    { name: 'versions.json', what: 'Versions of the gateway, which are those of the tests named, and of what is claimed', content: textOf({ [lock.name]: lock.version, hazards: assurance.hazards.version, attacks: assurance.attacks.version, faults: assurance.faults.version }) },
  ];
  return { files, version: lock.version };
}

function textOf(content: unknown): string {
  return `${JSON.stringify(content, null, 2)}\n`;
}

/** What the running gateway says: its version, which must be that of the tests, rules and agreements in force with their texts, the newest checkpoint, the keys it is signed with. */
async function fromGateway(context: CliContext, options: GatewayOptions, version: string): Promise<PackFile[]> {
  const { software } = await answered<CapabilityStatement>(callGateway(context, options, { method: 'GET', path: '/fhir/metadata' }));
  if (software?.version !== version) throw new Refusal({ ...otherVersion, expected: `version ${version}, and the gateway is ${software?.version ?? 'of none'}` });
  const kept = await answered<{ version: string; rules: DueReport[]; subjectAccess: unknown }>(callGateway(context, options, { method: 'GET', path: '/governance/retention' }));
  const { rules: heldBack } = await answered<{ rules: unknown }>(callGateway(context, options, { method: 'GET', path: '/governance/hold-backs' }));
  const { agreements } = await answered<{ agreements: AgreementEntry[] }>(callGateway(context, options, { method: 'GET', path: '/governance/agreements' }));
  const inForce = agreements.filter(({ state }) => state === 'in-force');
  const texts: PackFile[] = [];
  for (const { id, version, title } of inForce) {
    const { content = '' } = await answered<{ content?: string }>(callGateway(context, options, { method: 'GET', path: `/governance/agreements/${encodeURIComponent(id)}/${encodeURIComponent(version)}` }));
    texts.push({ name: `agreement-${id}-${version}.yaml`, what: `In force: ${title}`, content });
  }
  const text = async (path: string): Promise<string> => {
    const answer = await textFromGateway(context, options, { method: 'GET', path });
    if ('problems' in answer) throw new Refusal(...answer.problems);
    return answer.text;
  };
  return [
    { name: 'rules-retention.json', what: 'Rules in force: how long things are kept', content: textOf({ version: kept.version, rules: kept.rules.map(({ code, title, of, keepMonths, basis }) => ({ code, title, of, keepMonths, basis })) }) },
    { name: 'rules-subject-access.json', what: 'Rules in force: what is left out where a person asks', content: textOf(kept.subjectAccess) },
    { name: 'rules-hold-back.json', what: 'Rules in force: which looks may be held back', content: textOf(heldBack) },
    { name: 'agreements.json', what: 'The register of agreements: states, parties, signatures and dates', content: `${JSON.stringify(agreements, null, 2)}\n` }, ...texts,
    { name: 'checkpoint.txt', what: 'The newest checkpoint of the audit log', content: await text('/audit/checkpoint') }, { name: 'audit-keys.txt', what: 'The keys it is signed with', content: await text('/audit/keys') },
  ];
}

async function answered<Answer>(asking: ReturnType<typeof callGateway>): Promise<Answer> {
  const result = await asking;
  if ('problems' in result) throw new Refusal(...result.problems);
  return result.answer as Answer;
}

function write({ clock }: CliContext, out: string, files: readonly PackFile[]): void {
  mkdirSync(out);
  const hashed = files.map((file) => ({ ...file, sha256: createHash('sha256').update(file.content).digest('hex') }));
  for (const { name, content } of hashed) writeFileSync(join(out, name), content, { flag: 'wx' });
  const checkpoint = files.find(({ name }) => name === 'checkpoint.txt')?.content.split('\n') ?? [];
  const facts: [string, string][] = [['Made at', clock().toISOString()], ['Audit log', checkpoint[0] ?? ''], ['Entries', checkpoint[1] ?? ''], ['Root', checkpoint[2] ?? '']];
  writeFileSync(join(out, 'index.html'), indexPage(facts, hashed), { flag: 'wx' });
}

const incomplete: Problem = { category: 'invalid', code: 'evidence-incomplete', text: 'This program was installed without what evidence is made of.', fix: 'Run it in a checkout of the version that runs, with --base and ONESTORY_TOKEN of the gateway.' };
const otherVersion: Problem = { category: 'conflict', code: 'evidence-version', text: 'The gateway is of another version than the tests here.', fix: 'Check out the version that runs.' };
const claimEmpty: Problem = { category: 'internal', code: 'evidence-missing', text: 'A claim of the hazard log or of the table of attacks rests on nothing.', fix: 'Mend assurance/, or write the test.' };
