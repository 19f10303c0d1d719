import type { Patient } from '@medplum/fhirtypes';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ApiProblem } from '../api/api-problem.ts';
import type { Session } from '../api/session.ts';
import { sessionKey } from '../session/use-session.ts';
import { strings } from '../strings.ts';
import { Loading } from '../ui/loading.tsx';
import { Page } from '../ui/page.tsx';
import { Problem } from '../ui/problem.tsx';
import { LogCitizen } from './log-citizen.tsx';
import { LogForm } from './log-form.tsx';
import { LogResults } from './log-results.tsx';
import type { LogSearch } from './log-search.ts';
import { useLogPages } from './use-log-pages.ts';
import { useOrganisations } from './use-registers.ts';

const words = strings.whoLooked;

/** What is being looked at: the same search asked again is another look. Kept here only: it never goes into an address. */
interface Asked {
  search: LogSearch;
  patient?: Patient | undefined;
  times: number;
  /** counts what was asked from outside the form, whose boxes are then empty */
  fresh: number;
}

/** The access log, for those who answer for it. */
export function WhoLooked() {
  const [asked, setAsked] = useState<Asked>({ search: {}, times: 0, fresh: 0 });
  const [onlyPeople, setOnlyPeople] = useState(false);
  const pages = useLogPages(asked.search, asked.times);
  const organisations = useOrganisations(pages.query.isSuccess || asked.times > 0);
  const ask = (search: LogSearch, patient?: Patient): void => { setAsked(({ times, fresh }) => ({ search, patient, times: times + 1, fresh })); };
  const askFresh = (search: LogSearch): void => { setAsked(({ times, fresh }) => ({ search, times: times + 1, fresh: fresh + 1 })); };
  const { error } = pages.query;
  if (error instanceof ApiProblem && error.code === 'audit-readers-only') return <NotYours />;
  return (
    <Page title={words.title}>
      <p className="os-lead">{words.intro}</p>
      <OwnOnly />
      <LogForm organisations={organisations} onSearch={ask} onClear={() => { askFresh({}); }} key={`form ${asked.fresh}`} />
      {asked.search.citizen === undefined ? null : <LogCitizen id={asked.search.citizen} known={asked.patient} onEverybody={() => { askFresh({}); }} key={`citizen ${asked.search.citizen}`} />}
      {pages.query.isPending ? <Loading /> : null}
      {pages.query.isError && !pages.query.data ? <Problem error={error} onRetry={() => void pages.query.refetch()} /> : null}
      {pages.query.data ? <LogResults pages={pages} search={asked.search} organisations={organisations.data ?? []} onlyPeople={onlyPeople} onOnlyPeople={setOnlyPeople} takesFocus={asked.times > 0 && asked.search.citizen === undefined} onCitizen={(citizen) => { askFresh({ citizen }); }} key={`results ${asked.times}`} /> : null}
    </Page>
  );
}

function NotYours() {
  return (
    <Page title={words.notYours.title}>
      <p className="os-lead">{words.notYours.text}</p>
    </Page>
  );
}

function OwnOnly() {
  const session = useQueryClient().getQueryData<Session>(sessionKey);
  return session?.state === 'signed-in' && session.role === 'privacy-officer' ? <p className="os-lead">{words.ownOnly}</p> : null;
}
