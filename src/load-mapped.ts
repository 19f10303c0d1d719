import { Refusal } from './fhir/problem.ts';
import { sensitiveCodes } from './fhir/sensitive-codes.ts';
import { loadMappings } from './intake/load-mappings.ts';
import { loadCaseRule } from './intake/case-rule-file.ts';
import { loadLinkageRule } from './intake/linkage-rule-file.ts';
import { loadHoldBackRules } from './intake/hold-back-file.ts';
import { loadRetentionRules } from './intake/retention-file.ts';
import { loadSubjectAccessRules } from './intake/subject-access-file.ts';
import { loadStoryRule } from './intake/story-rule-file.ts';
import { loadWritingRule } from './intake/writing-rule-file.ts';
import { loadSensitiveCodes } from './intake/sensitive-code-files.ts';
import { checkLinkageRule } from './linkage/linkage-rule.ts';

/** What mappings/ holds: feeds, maps, the codes that make a record sensitive, the rules by which people are linked, events found, looks held back, things kept and odd looks found. Every mistake in any of them is told. */
export function loadMapped(folder: string, codeSets: string) {
  const mappings = loadMappings(folder);
  const codes = loadSensitiveCodes(codeSets);
  const linkage = loadLinkageRule(folder, checkLinkageRule);
  const story = loadStoryRule(folder);
  const holdBack = loadHoldBackRules(folder);
  const retention = loadRetentionRules(folder);
  const subjectAccess = loadSubjectAccessRules(folder);
  const writing = loadWritingRule(folder);
  const cases = loadCaseRule(folder);
  if ('problems' in mappings || 'problems' in codes || 'problems' in linkage || 'problems' in story || 'problems' in holdBack || 'problems' in retention || 'problems' in subjectAccess || 'problems' in writing || 'problems' in cases) throw new Refusal(...[mappings, codes, linkage, story, holdBack, retention, subjectAccess, writing, cases].flatMap((loaded) => ('problems' in loaded ? loaded.problems : [])));
  return { mappings, codes: sensitiveCodes(codes.codes), linkage: linkage.rule, story: story.rule, holdBack: holdBack.rules, retention: retention.rules, subjectAccess: subjectAccess.rules, writing: writing.rule, cases: cases.rule };
}
