import type { BundleEntry, OperationOutcome } from '@medplum/fhirtypes';
import { londonMinute } from './london-day.ts';
import { problemSystem } from './outcome.ts';
import type { UnlistedCodes } from './unlisted-codes.ts';

/**
 * What a searchset says beside its matches (FHIR R4 search: an OperationOutcome entry with mode `outcome`). The wording
 * depends on nothing but the arguments: no counts, no categories, no services, so that a notice tells no more than its
 * clause allows.
 */

/** Something exists that this requester may not see now. With organisations: the clause lets them be named. */
export function withheldNotice(organisations: readonly string[] = []): BundleEntry {
  const named = [...new Set(organisations)].sort().join(' and ');
  const from = named === '' ? '' : `, among it information from ${named}`;
  const text = `Some information is not shown${from}. This can be because of the person's wishes or sharing rules. It may not be clinically relevant.`;
  return entry({ severity: 'information', code: 'suppressed', problem: 'withheld', text });
}

/** Whose information may not all be here. */
export interface NotArrived {
  /** its name */
  organisation: string;
  /** a feed of theirs is late: when the last good record of it came */
  lastGood?: Date;
}

/** A source is late, failed or has records in quarantine: what is shown may not be all, and absence says nothing. Of one that is late it is told since when. */
export function incompleteNotice(sources: readonly NotArrived[] = []): BundleEntry {
  const holders = [...new Set(sources.map(({ organisation, lastGood }) => (lastGood ? `${organisation} (nothing since ${londonMinute(lastGood)})` : organisation)))].sort().join(', ');
  const text = holders
    ? `The newest information from ${holders} has not arrived yet. What is missing here may still exist.`
    : 'The newest information from at least one organisation has not arrived yet. What is missing here may still exist.';
  return entry({ severity: 'warning', code: 'incomplete', problem: 'incomplete', text });
}

/** Lenient handling: parameters that were left out of the search, by name. */
export function ignoredNotice(parameters: readonly string[]): BundleEntry {
  const text = `These search parameters are not supported and were ignored: ${[...new Set(parameters)].sort().join(', ')}.`;
  return entry({ severity: 'warning', code: 'not-supported', problem: 'search-parameter-ignored', text });
}

/** Codes were asked for that no record can have there. */
export function unlistedNotice(unlisted: readonly UnlistedCodes[]): BundleEntry {
  const text = `No record can have a code that was asked for: ${unlisted.map(({ parameter, listed }) => `${parameter} is one of ${listed.join(', ')}`).join('; ')}.`;
  return entry({ severity: 'warning', code: 'code-invalid', problem: 'search-code-unlisted', text });
}

/** So many match that nobody counts them: the answer has no total. */
export function uncountedNotice(): BundleEntry {
  return entry({ severity: 'warning', code: 'too-costly', problem: 'search-total-omitted', text: 'More match than are counted, so no total is given.' });
}

/** A system found nothing, and why that need not mean there is nothing. It is said of whoever was asked for, there or not. */
export function narrowNotice(narrow: 'scopes' | 'agreements'): BundleEntry {
  return entry(narrow === 'scopes'
    ? { severity: 'information', code: 'informational', problem: 'scope-opens-nothing', text: 'The token\'s scopes open no record of a person to a system: ask for a token with system/*.rs, and for a registration that has it.' }
    : { severity: 'information', code: 'informational', problem: 'agreement-opens-nothing', text: 'Only records of your own organisation are searched: no agreement in force opens others\' records to its systems for the purpose of this token. The governance lead says which there are.' });
}

interface Notice {
  severity: 'information' | 'warning';
  code: 'suppressed' | 'incomplete' | 'not-supported' | 'too-costly' | 'code-invalid' | 'informational';
  problem: string;
  text: string;
}

function entry(notice: Notice): BundleEntry {
  const resource: OperationOutcome = {
    resourceType: 'OperationOutcome',
    issue: [{
      severity: notice.severity,
      code: notice.code,
      details: { coding: [{ system: problemSystem, code: notice.problem }], text: notice.text },
    }],
  };
  return { resource, search: { mode: 'outcome' } };
}
