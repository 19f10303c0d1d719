import type { Bundle, Consent, Patient } from '@medplum/fhirtypes';
import { useState } from 'react';
import { Link } from 'react-router';
import { matchesOf } from '../api/fhir.ts';
import type { SignedIn } from '../api/session.ts';
import { useOrganisationNames } from '../governance/use-registers.ts';
import { bannerOf } from '../person/banner/banner-view.ts';
import { strings } from '../strings.ts';
import { Either } from '../ui/either.tsx';
import { Facts } from '../ui/facts.tsx';
import { Page } from '../ui/page.tsx';
import { Paged } from '../ui/paged.tsx';
import { aboutWhom, resourcesIn, useSearchPages } from '../ui/use-search-pages.ts';
import { choicesOf, type ChoiceView } from './choices-view.ts';

const words = strings.choices;
type State = 'active' | 'inactive';

interface RegisterRow {
  choice: ChoiceView;
  citizen: string | undefined;
  name: string;
}

/** Choices of everybody whose choices the reader oversees, the newest decision first. */
export function ChoiceRegister({ session }: { session: SignedIn }) {
  const [state, setState] = useState<State>('active');
  return (
    <Page title={words.register.title}>
      <p className="os-lead">{words.register.intro}</p>
      <p><Link to="/find">{words.register.find}</Link></p>
      <Either label={words.register.which} options={[['active', words.register.counting], ['inactive', words.register.ended]]} chosen={state} onChoose={setState} />
      <Rows state={state} organisation={session.organisation} key={state} />
    </Page>
  );
}

function Rows({ state, organisation }: { state: State; organisation: string }) {
  const query = useSearchPages(['choices', 'register', state], 'Consent', [['status', state], ['_include', 'Consent:patient'], ['_sort', '-date'], ['_count', '20']]);
  const names = useOrganisationNames();
  return (
    <Paged query={query} items={(page) => rowsOf(page, organisation, names)} none={words.register.none} more={words.register.more}>
      {(rows) => <ul className="os-items">{rows.map((row) => <Row row={row} key={row.choice.id} />)}</ul>}
    </Paged>
  );
}

function rowsOf(page: Bundle, organisation: string, names: ReadonlyMap<string, string>): RegisterRow[] {
  const people = new Map(resourcesIn(page).flatMap((resource) => (resource.resourceType === 'Patient' ? [[`Patient/${resource.id ?? ''}`, resource] as [string, Patient]] : [])));
  const consents = matchesOf(page).filter((resource): resource is Consent => resource.resourceType === 'Consent');
  return consents.flatMap((consent) => choicesOf([consent], organisation, names).map((choice): RegisterRow => {
    const person = people.get(aboutWhom(consent));
    return { choice, citizen: person?.id, name: person ? bannerOf(person, new Date()).name : words.register.unknown };
  }));
}

function Row({ row: { choice: { kind, state, decided, recorded, by, exceptions }, citizen, name } }: { row: RegisterRow }) {
  const { facts } = words;
  return (
    <li className="os-item">
      <h2 className="os-item__title">{citizen === undefined ? name : <Link to={`/person/${citizen}`}>{name}</Link>} <span className="os-item__state">{state}</span></h2>
      <Facts facts={[[words.register.what, kind], [facts.decided, decided], [facts.by, by], [facts.recorded, recorded], [facts.exceptions, exceptions === 0 ? null : String(exceptions)]]} />
    </li>
  );
}
