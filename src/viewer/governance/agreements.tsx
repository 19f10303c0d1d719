import { Link } from 'react-router';
import type { SignedIn } from '../api/session.ts';
import { formatDate, formatDatesIn } from '../format.ts';
import { strings } from '../strings.ts';
import { Loading } from '../ui/loading.tsx';
import { Table } from '../ui/nhs.ts';
import { Page } from '../ui/page.tsx';
import { Problem } from '../ui/problem.tsx';
import type { AgreementView } from './agreement-view.ts';
import type { RegisterEntry } from './register-shapes.ts';
import { Review } from './review.tsx';
import { StateTag } from './state-tag.tsx';
import { useGovernance } from '../ui/use-governance.ts';
import { useAgreements } from './use-registers.ts';
import { WhoGetsWhat } from './who-gets-what.tsx';

const words = strings.agreements;

/** The register of agreements, and what those in force add up to. */
export function Agreements({ session }: { session: SignedIn }) {
  const { data, error, refetch, isPending } = useAgreements();
  return (
    <Page title={words.title}>
      <p className="os-lead">{words.intro}</p>
      <p><Link to="/explain">{strings.explain.link}</Link>{session.role === 'governance' ? <> · <Link to="/agreements/try">{words.whatIf.pasted.link}</Link></> : null}</p>
      {isPending ? <Loading /> : null}
      {data === undefined && error !== null ? <Problem error={error} onRetry={() => void refetch()} /> : null}
      {data?.length === 0 ? <p>{words.none}</p> : null}
      {data !== undefined && data.length > 0 ? <><Register agreements={data} /><WhoGetsWhat agreements={data} /></> : null}
    </Page>
  );
}

function Register({ agreements }: { agreements: readonly AgreementView[] }) {
  const { columns } = words;
  const entries = useGovernance<{ agreements: RegisterEntry[] }>('agreements').data?.agreements ?? [];
  return (
    <Table responsive firstCellIsHeader caption={words.caption} captionProps={{ size: 'm' }} className="os-register">
      <Table.Head>
        <Table.Row>
          <Table.Cell>{columns.title}</Table.Cell>
          <Table.Cell>{columns.state}</Table.Cell>
          <Table.Cell>{columns.version}</Table.Cell>
          <Table.Cell>{columns.period}</Table.Cell>
          <Table.Cell>{columns.review}</Table.Cell>
          <Table.Cell>{columns.signed}</Table.Cell>
        </Table.Row>
      </Table.Head>
      <Table.Body>
        {agreements.map((agreement) => (
          <Table.Row key={agreement.id}>
            <Table.Cell><Link to={`/agreements/${agreement.id}`}>{agreement.title}</Link><Next entry={entries.find(({ id, version }) => id === agreement.identifier && version === agreement.version)} /></Table.Cell>
            <Table.Cell><StateTag state={agreement.state} /></Table.Cell>
            <Table.Cell>{agreement.version}</Table.Cell>
            <Table.Cell>{agreement.period}</Table.Cell>
            <Table.Cell><Review agreement={agreement} /></Table.Cell>
            <Table.Cell>{signedOf(agreement)}</Table.Cell>
          </Table.Row>
        ))}
      </Table.Body>
    </Table>
  );
}

/** The dates that are near, and what has to happen before it shares anything, in the register's own words. */
function Next({ entry }: { entry: RegisterEntry | undefined }) {
  if (!entry) return null;
  return (
    <span className="os-register__next">
      {entry.warnings.map(({ of, day, days }) => <strong key={of}>{words.warning(of, formatDate(day), days)}. </strong>)}
      {entry.state === 'in-force' ? null : formatDatesIn(entry.next)}
    </span>
  );
}

function signedOf({ parties }: AgreementView): string {
  const count = parties.filter(({ signedAt }) => signedAt !== undefined).length;
  return count === 0 ? words.nobodySigned : words.signed(count, parties.length);
}
