import { Link } from 'react-router';
import { strings } from '../strings.ts';
import { Tag } from '../ui/nhs.ts';
import { findCited, type AgreementView } from './agreement-view.ts';
import { citationIn } from './citation.ts';
import { FirstOf } from './first-of.tsx';
import { LogDetails } from './log-details.tsx';
import type { LookKind } from './log-action.ts';
import type { KeptBack, LogDecision, LogRow, Outcome } from './log-row.ts';

const words = strings.whoLooked;
type Names = ReadonlyMap<string, string>;
type Colour = 'white' | 'grey' | 'green' | 'blue' | 'purple' | 'red' | 'orange' | 'yellow';

const kindColours: Readonly<Record<LookKind, Colour>> = { opened: 'blue', emergency: 'orange', identity: 'purple', people: 'purple', list: 'grey', log: 'yellow', register: 'grey', choice: 'blue', agreement: 'blue', sent: 'grey', other: 'grey' };
const outcomeColours: Readonly<Record<Outcome, Colour>> = { shown: 'green', 'nothing-shown': 'white', accepted: 'green', refused: 'red', failed: 'orange' };

interface Props {
  row: LogRow;
  agreements: readonly AgreementView[];
  /** names of organisations by the code the log has */
  organisations: Names;
  /** whose log is on show, if one citizen's */
  citizen: string | undefined;
  onCitizen: (id: string) => void;
}

/** One look: a sentence to be read aloud, then why, then what was kept back, then the particulars. */
export function LogEntry({ row, agreements, organisations, citizen, onCitizen }: Props) {
  return (
    <li className={`os-look os-look--${row.kind}`}>
      <p className="os-look__tags">
        <Tag modifier={kindColours[row.kind]}>{kindOf(row)}</Tag> <Tag modifier={outcomeColours[row.outcome]}>{words.outcomes[row.outcome]}</Tag>
        {row.underEmergency ? <> <Tag modifier="orange">{words.underEmergency}</Tag></> : null}
        {row.bySystem ? <> <span className="os-look__system">{words.system}</span></> : null}
      </p>
      <p className="os-look__sentence">{row.sentence}</p>
      {row.reason === undefined ? null : <p className="os-look__reason">{row.reason}</p>}
      {row.decisions.length === 0 ? null : (
        <FirstOf className="os-look__decisions" label={words.entry.reasons} items={row.decisions} line={(decision, at) => <Decision decision={decision} agreements={agreements} key={at} />} />
      )}
      <Kept keptBack={row.keptBack} organisations={organisations} />
      <Citizens ids={row.citizens} shown={citizen} onCitizen={onCitizen} />
      <LogDetails row={row} organisations={organisations} />
    </li>
  );
}

function kindOf({ kind, outcome }: LogRow): string {
  const tried = outcome === 'refused' || outcome === 'failed';
  return (tried ? words.kindsTried[kind] : undefined) ?? words.kinds[kind];
}

function Decision({ decision, agreements }: { decision: LogDecision; agreements: readonly AgreementView[] }) {
  const { effect, count, rule } = decision;
  return (
    <li>
      <strong>{effect === 'permit' ? words.entry.allowed(count) : words.entry.denied(count)}.</strong>{' '}
      <Cited decision={decision} agreements={agreements} />
      {effect === 'deny' && rule !== undefined ? <span className="os-quiet"> {words.entry.rule(rule)}{words.rules[rule] === undefined ? '' : `: ${words.rules[rule]}`}.</span> : null}
    </li>
  );
}

/** The gateway's sentence, with the clause it cites as a link where the register shows the agreement in that version. */
function Cited({ decision, agreements }: { decision: LogDecision; agreements: readonly AgreementView[] }) {
  const { agreement, version, clause, sentence } = decision;
  if (agreement === undefined || clause === undefined) return <>{sentence}</>;
  const { before, citation, after } = citationIn(decision);
  const found = findCited(agreements, { agreement, version });
  const text = citation ?? words.entry.clause(clause, agreement, version);
  const cited = found === undefined ? <span className="os-cited">{text}</span> : <Link className="os-cited" to={`/agreements/${found.id}#clause-${clause}`}>{text}</Link>;
  return citation === undefined ? <>{sentence} {cited}</> : <>{before}{cited}{after}</>;
}

/** As the log sums it up: how many of what kind, by the organisation that holds them; never which. */
function Kept({ keptBack, organisations }: { keptBack: readonly KeptBack[]; organisations: Names }) {
  if (keptBack.length === 0) return null;
  const all = keptBack.reduce((sum, { count }) => sum + (count ?? 0), 0);
  return (
    <div className="os-look__kept">
      <p><strong>{words.entry.keptBack(all)}.</strong></p>
      <ul>
        {[...Map.groupBy(keptBack, ({ of, text }) => of ?? text)].map(([of, lines]) => (
          <li key={of}>{words.entry.keptBackOf(organisations.get(of) ?? of, lines.map(({ category, count }) => words.entry.keptBackPart(strings.agreements.categories[category] ?? category, count)))}</li>
        ))}
      </ul>
    </div>
  );
}

function Citizens({ ids, shown, onCitizen }: { ids: readonly string[]; shown: string | undefined; onCitizen: (id: string) => void }) {
  const others = ids.filter((id) => id !== shown);
  if (others.length === 0) return null;
  const [only] = ids;
  if (ids.length === 1 && only !== undefined) {
    return <p className="os-look__citizens">{words.entry.citizens(1)} <button type="button" className="os-link-button" onClick={() => { onCitizen(only); }}>{words.entry.showCitizen}</button></p>;
  }
  return (
    <details className="os-fold">
      <summary>{words.entry.citizens(ids.length)}</summary>
      <FirstOf className="os-look__many" items={ids} line={(id, at) => (id === shown ? null : <li key={id}><button type="button" className="os-link-button" onClick={() => { onCitizen(id); }}>{words.entry.showCitizenOf(at + 1, ids.length)}</button></li>)} />
    </details>
  );
}
