import { strings } from '../strings.ts';
import { Bounded } from '../ui/bounded.tsx';
import { Details } from '../ui/nhs.ts';
import { Absent } from './arrival.tsx';
import { Card, Section } from './card.tsx';
import { Phones } from './phones.tsx';
import type { ContactView, WhoToTalkTo as View } from './who-view.ts';

const words = strings.person.who;
const limit = 8;

/** Whom to ring first: one of each sort before a second of any. */
export function WhoCard({ who }: { who: View }) {
  const short = [...who.teams.slice(0, 2), ...who.organisations.filter(({ name }) => !who.teams.some(({ organisation }) => organisation?.includes(name))).slice(0, 1), ...who.practice, ...who.family.slice(0, 1)];
  return (
    <Card name="who-to-talk-to" heading={strings.person.sections.who} more={[words.all, '#all-contacts']}>
      {short.length === 0 ? <Absent text={words.none} /> : <ul>{short.map((contact) => <Contact contact={contact} key={contact.key} />)}</ul>}
    </Card>
  );
}

function Contact({ contact: { name, role, organisation, phones } }: { contact: ContactView }) {
  return (
    <li>
      <strong>{name}</strong>, <span>{role}</span>
      {organisation === undefined ? null : <span className="os-card__by">{organisation}</span>}
      <span className="os-card__line"><Phones phones={phones} /></span>
    </li>
  );
}

/** Everybody who is recorded, by sort. */
export function AllContacts({ who }: { who: View }) {
  const groups = [[words.teams, who.teams], [words.organisations, who.organisations], [words.practice, who.practice], [words.family, who.family]] as const;
  return (
    <Section name="all-contacts" heading={strings.person.sections.allContacts}>
      <div className="os-contacts">
        {groups.map(([heading, contacts]) => (
          <div key={heading}>
            <h3 className="nhsuk-heading-s">{heading}</h3>
            <Contacts contacts={contacts} />
          </div>
        ))}
      </div>
      {who.earlier.length === 0 ? null : <Details><Details.Summary>{words.earlier(who.earlier.length)}</Details.Summary><Details.Text><Contacts contacts={who.earlier} /></Details.Text></Details>}
    </Section>
  );
}

function Contacts({ contacts }: { contacts: readonly ContactView[] }) {
  if (contacts.length === 0) return <Absent />;
  return <Bounded items={contacts} limit={limit}>{(shown) => <ul className="os-people">{shown.map((contact) => <Contact contact={contact} key={contact.key} />)}</ul>}</Bounded>;
}
