import { explainEmergency, explainPermitted, explainWithheld } from '../consent/explain.ts';
import { noticeFor, type Notice } from '../consent/notice-for.ts';
import type { Decision as ConsentDecision } from '../consent/types.ts';
import type { DisclosedVersion } from '../audit/describe-disclosure.ts';
import type { Decision, Withheld as WithheldLine } from '../audit/describe-request.ts';
import type { VisibleRow } from '../store/door.ts';
import type { Withheld } from '../store/count-withheld.ts';
import type { HeldGrant } from './policy.ts';

/** What an answer's entry says: versions, the rules that allowed them, and what was kept back by which. */
export interface Explained {
  disclosed: DisclosedVersion[];
  decisions: Decision[];
  withheld: WithheldLine[];
  /** references of emergency access that was live for anybody it was about, found or not */
  emergency: string[];
}

/** What of a row an explanation needs. */
export type ReleasedRow = Pick<VisibleRow, 'type' | 'id' | 'version' | 'classId' | 'citizen' | 'emergency'>;

export function explainRelease({ grant, names, classes }: Pick<HeldGrant, 'grant' | 'names' | 'classes'>, rows: readonly ReleasedRow[], withheld: readonly Withheld[]): Explained {
  const permits = countBy(rows.flatMap(({ classId }) => (classId === null ? [] : [classId])));
  const denied = withheld.flatMap((each) => each.classes);
  const inEmergency = rows.filter(({ emergency }) => emergency !== null).length;
  return {
    disclosed: rows.map(({ type, id, version, classId }) => {
      const custodian = classId === null ? undefined : classes.get(classId)?.custodian;
      return { type, id, version, ...(custodian !== undefined && { custodian }) };
    }),
    decisions: [
      ...[...permits].map(([classId, count]) => {
        const rule = grant.rules.get(classId);
        if (!rule || rule.kind === 'none') throw new Error('a row came through the door without a rule'); // the door and the grant disagree: nothing may leave
        return line(explainPermitted(rule, names), count);
      }),
      ...(inEmergency > 0 ? [line(explainEmergency(), inEmergency)] : []),
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

/** What the requester may be told of rows kept back. */
export function noticeOf({ grant, names, classes }: HeldGrant, withheld: readonly Withheld[]): Notice {
  return noticeFor(withheld.flatMap((each) => each.classes), grant, classes, names);
}

function line(decision: ConsentDecision, count: number): Decision {
  const { effect, rule, agreement, version, clause, sentence } = decision;
  return {
    effect, rule: String(rule), sentence, count,
    ...(agreement !== undefined && { agreement }), ...(version !== undefined && { version }), ...(clause !== undefined && { clause }),
  };
}

function countBy(values: readonly number[]): Map<number, number> {
  const counts = new Map<number, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
}
