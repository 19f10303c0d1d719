import { explainEmergency, explainOpened, explainPermitted, explainWithheld } from '../consent/explain.ts';
import { noticeFor, type Notice } from '../consent/notice-for.ts';
import { openedBy } from '../consent/opened-by.ts';
import type { ClassRule, Decision as ConsentDecision, NoRule } from '../consent/types.ts';
import type { DisclosedVersion } from '../audit/describe-disclosure.ts';
import type { Decision, Withheld as WithheldLine } from '../audit/describe-request.ts';
import type { VisibleRow } from '../store/door/door.ts';
import type { Withheld } from '../store/door/count-withheld.ts';
import { relationshipOf } from '../store/door/grants.ts';
import type { HeldGrant } from './policy.ts';

/** What an answer's entry says: versions, the rules that allowed them, and what was kept back by which. */
export interface Explained {
  disclosed: DisclosedVersion[];
  /** parts kept apart that went along */
  parts: string[];
  decisions: Decision[];
  withheld: WithheldLine[];
  /** references of emergency access that was live for anybody it was about, found or not */
  emergency: string[];
}

/** What of a row an explanation needs. */
export type ReleasedRow = Pick<VisibleRow, 'type' | 'id' | 'version' | 'classId' | 'citizen' | 'emergency' | 'held'> & Partial<Pick<VisibleRow, 'fragments'>>;

export function explainRelease({ grant, names, classes }: Pick<HeldGrant, 'grant' | 'names' | 'classes'>, rows: readonly ReleasedRow[], withheld: readonly Withheld[], explain = explainRow): Explained {
  const denied = withheld.flatMap((each) => each.classes);
  return {
    disclosed: rows.map(({ type, id, version, classId }) => {
      const custodian = classId === null ? undefined : classes.get(classId)?.custodian;
      return { type, id, version, ...(custodian !== undefined && { custodian }) };
    }),
    parts: rows.flatMap(({ type, id, version, fragments }) => (fragments ?? []).map(([path]) => `${type}/${id}/_history/${version}#${path}`)),
    decisions: [
      ...rows.flatMap((row) => {
        if (row.classId === null) return [];
        const rule = grant.rules.get(row.classId);
        if (!rule || rule.kind === 'none') throw new Error('a row came through the door without a rule'); // the door and the grant disagree: nothing may leave
        return explain(row, rule, names).map((decision) => line(decision, 1));
      }),
      ...denied.flatMap(({ classId, count, refused }) => {
        const sharingClass = classes.get(classId);
        return sharingClass ? [line(explainWithheld(grant, sharingClass, refused, names), count)] : [];
      }),
    ],
    withheld: denied.flatMap(({ classId, count }) => {
      const sharingClass = classes.get(classId);
      return sharingClass ? [{ custodian: sharingClass.custodian, category: sharingClass.category, count }] : [];
    }),
    emergency: [...rows, ...withheld].flatMap(({ emergency }) => emergency ?? []),
  };
}

type ExplainRow = (row: ReleasedRow, rule: Exclude<ClassRule, NoRule>, names: HeldGrant['names']) => ConsentDecision[];

/** What opened the row; and that this person had emergency access to its citizen, where the row was open without. */
const explainRow: ExplainRow = ({ held, emergency }, rule, names) => {
  const opened = openedBy(rule, { kinds: held?.kinds.flatMap(relationshipOf) ?? [], permits: held?.permits ?? null, emergency: emergency !== null });
  if (!opened) throw new Error('a row came through the door and nothing opened it');
  return [explainOpened(opened, names), ...(emergency !== null && opened.kind !== 'emergency' ? [explainEmergency()] : [])];
};

/** As entries before 0.8.0 say it: the first clause of those that might have opened the class, whichever did. */
export const explainFirstClause: ExplainRow = ({ emergency }, rule, names) => [explainPermitted(rule, names), ...(emergency === null ? [] : [explainEmergency()])];

/** What the requester may be told of rows kept back. */
export function noticeOf({ grant, names, classes }: HeldGrant, withheld: readonly Withheld[]): Notice {
  return noticeFor(withheld.flatMap((each) => each.classes), grant, classes, names);
}

function line(decision: ConsentDecision, count: number): Decision {
  const { effect, rule, agreement, version, clause, sentence, choice } = decision;
  return {
    effect, rule: String(rule), sentence, count,
    ...(agreement !== undefined && { agreement }), ...(version !== undefined && { version }), ...(clause !== undefined && { clause }), ...(choice !== undefined && { choice }),
  };
}
