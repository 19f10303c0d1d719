import { Link, useParams } from 'react-router';
import { ApiProblem } from '../api/api-problem.ts';
import type { SignedIn } from '../api/session.ts';
import { formatDateTime } from '../format.ts';
import { strings } from '../strings.ts';
import { Facts } from '../ui/facts.tsx';
import { Loading } from '../ui/loading.tsx';
import { Table } from '../ui/nhs.ts';
import { Notice } from '../ui/notice.tsx';
import { Page } from '../ui/page.tsx';
import { Problem } from '../ui/problem.tsx';
import { useGovernance } from '../ui/use-governance.ts';
import { LinkActs } from './link-acts.tsx';
import type { LinkPair as Pair } from './link-shapes.ts';
import { heldInWords, pairRows } from './pair-view.ts';

const words = strings.links;

/** Two records side by side, how alike they are field by field, what was said of them, and what may be done. */
export function LinkPair({ session }: { session: SignedIn }) {
  const { reference = '' } = useParams();
  const query = useGovernance<Pair>(`link-reviews/${encodeURIComponent(reference)}`);
  return (
    <Page title={words.pair(reference)}>
      <p className="os-back"><Link to="/links">{words.back}</Link></p>
      {query.isPending ? <Loading /> : null}
      {query.error === null ? null : query.error instanceof ApiProblem && query.error.status === 404 ? <p>{query.error.text}</p> : <Problem error={query.error} onRetry={() => void query.refetch()} />}
      {query.data === undefined ? null : <Both pair={query.data} session={session} />}
    </Page>
  );
}

function Both({ pair, session }: { pair: Pair; session: SignedIn }) {
  const { foundAt, foundBy, state, claim, now, ruleVersion, secondOpinion, records, outcome, decidedAt } = pair;
  return (
    <>
      <Facts facts={[[words.foundAt, formatDateTime(foundAt)], [words.foundBy, foundBy]]} />
      <p className="os-pair-state"><strong>{outcome !== null && decidedAt !== null ? words.decided(words.outcomes[outcome] ?? outcome, formatDateTime(decidedAt)) : state === 'settled' ? words.notDecided : claim ? words.takenBy(claim.name, formatDateTime(claim.until)) : words.states[state]}</strong></p>
      {records.length < 2 && state !== 'settled' ? <Notice kind="incomplete">{words.oneIsHidden}</Notice> : null}
      {records.length < 2 ? null : <Compared pair={pair} />}
      {now === null ? null : <p>{words.sum(now.bits, words.grades[now.grade] ?? now.grade, ruleVersion)} {now.held.length === 0 ? null : words.held(heldInWords(now.held))}</p>}
      {secondOpinion && state !== 'settled' ? <p>{words.secondOpinion}</p> : null}
      <Opinions pair={pair} />
      <LinkActs pair={pair} session={session} />
    </>
  );
}

function Compared({ pair }: { pair: Pair }) {
  return (
    <Table responsive firstCellIsHeader caption={words.compare} captionProps={{ size: 'm' }} className="os-pair">
      <Table.Head><Table.Row><Table.Cell>{words.field}</Table.Cell><Table.Cell>{words.first}</Table.Cell><Table.Cell>{words.second}</Table.Cell><Table.Cell>{words.difference}</Table.Cell></Table.Row></Table.Head>
      <Table.Body>
        {pairRows(pair).map(({ field, first, second, compared, differs }) => (
          <Table.Row key={field} className={differs ? 'os-pair__differs' : ''}>
            <Table.Cell>{field}</Table.Cell><Table.Cell>{first}</Table.Cell><Table.Cell>{second}</Table.Cell><Table.Cell>{compared}</Table.Cell>
          </Table.Row>
        ))}
      </Table.Body>
    </Table>
  );
}

function Opinions({ pair: { opinions } }: { pair: Pair }) {
  if (opinions.length === 0) return null;
  return (
    <section aria-labelledby="opinions-heading">
      <h2 className="nhsuk-heading-m" id="opinions-heading">{words.opinions}</h2>
      <ul className="os-items">
        {opinions.map(({ by, outcome, reason, at }) => <li className="os-item os-fact" key={`${by} ${at}`}>{reason}<p className="os-origin">{words.opinion(by, words.outcomes[outcome] ?? outcome, formatDateTime(at))}</p></li>)}
      </ul>
    </section>
  );
}
