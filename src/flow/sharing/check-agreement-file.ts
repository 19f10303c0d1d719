import { diffAgreements, type AgreementDifference } from '../../consent/diff-agreements.ts';
import { reviewAgreement } from '../../consent/review-agreement.ts';
import { saySharing, sayDifference } from '../../consent/say-sharing.ts';
import type { Agreement } from '../../consent/types.ts';
import type { Problem } from '../../fhir/problem.ts';
import type { OrganisationKey } from '../../fhir/sharing.ts';
import { loadMappings } from '../../intake/load-mappings.ts';
import type { AgreementFile } from '../register-agreements.ts';

export interface CheckedFile {
  file: string;
  /** empty: it can be proposed */
  problems: Problem[];
  /** what it shares, in words; null where it cannot be read */
  agreement: { id: string; version: string; sha256: string; summary: string[] } | null;
}

/** Checks a file as the register would, with the place of every mistake, and says in words what it shares. Needs no gateway. */
export function checkAgreementFile({ file, text }: AgreementFile, known: ReadonlySet<OrganisationKey> | null): CheckedFile {
  const read = reviewAgreement(text, known);
  if ('problems' in read) return { file, problems: read.problems.map((problem) => ({ ...problem, at: { ...problem.at, file } })), agreement: null };
  const { id, version, sha256 } = read.agreement;
  return { file, problems: [], agreement: { id, version, sha256, summary: saySharing(read.agreement) } };
}

/** What the second file opens, closes or changes against the first; or every mistake in either. */
export function compareAgreementFiles(old: AgreementFile, next: AgreementFile): { difference: AgreementDifference; sentences: string[] } | { problems: Problem[] } {
  const agreements: Agreement[] = [];
  const problems: Problem[] = [];
  for (const { file, text } of [old, next]) {
    const read = reviewAgreement(text, null);
    if ('problems' in read) problems.push(...read.problems.map((problem) => ({ ...problem, at: { ...problem.at, file } })));
    else agreements.push(read.agreement);
  }
  const [before, after] = agreements;
  if (!before || !after) return { problems };
  const difference = diffAgreements(before, after);
  if (difference === null) {
    return { problems: [{ category: 'too-large', code: 'agreement-too-wide-to-compare', text: 'One of the agreements opens more than 200,000 single flows.', fix: 'Compare the texts themselves.' }] };
  }
  return { difference, sentences: sayDifference(difference) };
}

/** Organisations that mappings/partners.yaml knows; null where it cannot be read, which is for the gateway's start to tell. */
export function knownOrganisations(mappingsFolder: string): ReadonlySet<OrganisationKey> | null {
  const mappings = loadMappings(mappingsFolder);
  return 'problems' in mappings ? null : new Set([...mappings.partners, ...mappings.directory].map(({ organisation }) => organisation));
}
