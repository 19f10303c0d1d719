import { useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { Link, NavLink, useLocation } from 'react-router';
import { signInAddress, type SignedIn } from './api/session.ts';
import { EmergencyStrip } from './break-glass/emergency-strip.tsx';
import { oversees } from './home.tsx';
import { SignOut } from './session/sign-out.tsx';
import { strings } from './strings.ts';

/** Strip, header with who acts for whom and why, screens, footer: the same round every page. */
export function Frame({ session, children }: { session: SignedIn | null; children: ReactNode }) {
  return (
    <>
      <a className="nhsuk-skip-link" href="#main">{strings.skip}</a>
      <aside className="os-strip" aria-label={strings.evaluationLabel}><div className="os-inner">{strings.evaluation}</div></aside>
      <header className="os-header">
        <div className="os-inner">
          <Link className="os-header__name" to="/" aria-label={strings.header.home}>{strings.product}<span className="os-header__partnership">{strings.partnership}</span></Link>
          {session ? <><Who session={session} /><SignOut /></> : null}
        </div>
      </header>
      {session ? <Bar session={session} /> : null}
      {session ? <EmergencyStrip session={session} /> : null}
      <main className="os-main" id="main"><div className="os-inner">{children}</div></main>
      <footer className="os-footer"><div className="os-inner"><p>{strings.footer}</p></div></footer>
    </>
  );
}

function Who({ session }: { session: SignedIn }) {
  return (
    <p className="os-header__who">
      <span className="os-header__person"><strong>{session.person.name}, {strings.roles[session.role] ?? session.role}</strong> · {strings.header.purpose}: {strings.purposes[session.purpose] ?? session.purpose}</span>
      {strings.header.actingFor} {session.organisationName}
      {session.actsFor.length > 1 ? <> <a href={signInAddress('/app/', session.person.id)}>{strings.header.change}<span className="nhsuk-u-visually-hidden"> {strings.header.changeSays}</span></a></> : null}
    </p>
  );
}

const oversight = [['/who-looked', strings.nav.whoLooked], ['/reports', strings.nav.reports], ['/choices', strings.nav.choices], ['/cases', strings.nav.cases], ['/emergency', strings.nav.emergency], ['/links', strings.nav.links], ['/feeds', strings.nav.feeds], ['/agreements', strings.nav.agreements], ['/log-proof', strings.nav.logProof], ['/known-gaps', strings.nav.knownGaps]] as const;
const care = [['/find', strings.nav.find], ['/referrals', strings.nav.referrals], ['/discharge', strings.nav.discharge]] as const;

/** Where one can go. More than a narrow window has room for is opened by a button there, and closed by going somewhere or by Escape. */
function Bar({ session }: { session: SignedIn }) {
  const { key } = useLocation();
  const [openAt, setOpenAt] = useState<string | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const screens = oversees(session) ? oversight : care;
  const isLong = screens === oversight;
  const isOpen = openAt === key;
  const closes = (event: KeyboardEvent): void => {
    if (event.key !== 'Escape' || !isOpen) return;
    setOpenAt(null);
    button.current?.focus();
  };
  return (
    <div className="os-bar">
      <div className="os-inner">
        <nav aria-label={strings.nav.label} onKeyDown={closes}>
          {isLong ? <button className="os-bar__open" type="button" ref={button} aria-expanded={isOpen} aria-controls="screens" onClick={() => { setOpenAt(isOpen ? null : key); }}>{strings.nav.menu}</button> : null}
          <ul id="screens" className={isLong && !isOpen ? 'os-bar__folded' : undefined}>{screens.map(([to, text]) => <li key={to}><NavLink to={to}>{text}</NavLink></li>)}</ul>
        </nav>
      </div>
    </div>
  );
}
