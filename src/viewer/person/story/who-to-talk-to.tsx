import { strings } from '../../strings.ts';
import { Bounded } from '../../ui/bounded.tsx';
import { Unbroken } from '../../ui/unbroken.tsx';
import { Absent } from '../parts/arrival.tsx';
import { Card, Section } from '../parts/card.tsx';
import { PhoneText } from '../parts/phone-text.tsx';
import { firstToRing, type ContactView, type WhoToTalkTo as View } from './who-view.ts';

const words = strings.person.who;
const limit = 8;

/** Whom to ring first: one of each sort before a second of any. */
export function WhoCard({ who }: { who: View | undefined }) {
  const short = who ? firstToRing(who) : [];
  return (
    <Card name="who-to-talk-to" heading={strings.person.sections.who} more={[words.all, '#all-contacts']}>
      {short.length === 0 ? <Absent text={words.none} /> : null}
      {who === undefined ? null : (
        <ul>
          {short.map((contact, at) => <Contact contact={contact} key={`${at} ${contact.text}`} />)}
          {(who.outOfHours.length === 0 ? [words.outOfHours] : who.outOfHours).map((text) => <li className="os-card__by" key={text}><PhoneText text={text} /></li>)}
        </ul>
      )}
    </Card>
  );
}

function Contact({ contact: { text, name, by }, said = false }: { contact: ContactView; said?: boolean }) {
  return (
    <li>
      <strong>{name}</strong><PhoneText text={text.slice(name.length)} />
      {said ? <span className="os-origin"><Unbroken text={by} /></span> : null}
    </li>
  );
}

/** Everybody who is recorded, each with who says so. */
export function AllContacts({ who }: { who: View | undefined }) {
  const groups = [[words.services, who?.services ?? []], [words.family, who?.family ?? []]] as const;
  return (
    <Section name="all-contacts" heading={strings.person.sections.allContacts}>
      <div className="os-contacts">
        {groups.map(([heading, contacts]) => (
          <div key={heading}>
            <h3 className="nhsuk-heading-s">{heading}</h3>
            {contacts.length === 0 ? <Absent /> : <Bounded items={contacts} limit={limit}>{(shown) => <ul className="os-people">{shown.map((contact, at) => <Contact contact={contact} said key={`${at} ${contact.text}`} />)}</ul>}</Bounded>}
          </div>
        ))}
      </div>
    </Section>
  );
}
