import { useEffect, useRef, useState, type ReactNode } from 'react';
import { strings } from '../../strings.ts';
import type { AllergiesView } from './allergies-view.ts';
import type { BannerView } from './banner-view.ts';
import { Phones } from './phones.tsx';

const words = strings.person.banner;

/** Who this is, whole at the top of the page, and as one line that stays when one scrolls. `children` is the page's heading; without `allergies` it says where they are told. */
export function Banner({ banner, allergies, children }: { banner: BannerView; allergies: AllergiesView | undefined; children: ReactNode }) {
  const whole = useRef<HTMLElement>(null);
  const away = useScrolledAway(whole);
  return (
    <>
      <section className={banner.died === undefined ? 'os-banner' : 'os-banner os-banner--deceased'} ref={whole} aria-label={words.label} data-banner>
        <div className="os-banner__top">
          <div className="os-banner__name">
            {children}
            {banner.died === undefined ? null : <p className="os-banner__died"><strong>{words.deceased}</strong></p>}
            {banner.preferred === undefined ? null : <p className="os-banner__preferred"><span className="os-label">{words.preferred}</span> {banner.preferred}</p>}
          </div>
          <dl className="os-banner__facts">
            <Fact label={words.born}>{banner.born}</Fact>
            {banner.died === undefined ? null : <Fact label={words.died}>{banner.died}</Fact>}
            <Fact label={words.gender}>{banner.gender}</Fact>
            {banner.sex === undefined ? null : <Fact label={words.sex}>{banner.sex}</Fact>}
            <Fact label={words.nhs}>{banner.nhsNumber}</Fact>
          </dl>
        </div>
        <dl className="os-banner__more">
          <Fact label={words.address}>{banner.address}</Fact>
          <Fact label={words.phone}><Phones phones={banner.phones} /></Fact>
          {banner.language === undefined ? null : <Fact label={words.language}>{banner.language}</Fact>}
          <Fact label={words.allergies}>{allergies === undefined ? words.inRecord : allergies.known > 0 ? <strong>{allergies.text}</strong> : allergies.text}</Fact>
        </dl>
      </section>
      {away ? <Line banner={banner} allergies={allergies} /> : null}
    </>
  );
}

function Fact({ label, children }: { label: string; children: ReactNode }) {
  return <div><dt className="os-label">{label}</dt> <dd>{children}</dd></div>;
}

/** For the eye only: a screen reader has the whole banner above. */
function Line({ banner: { name, born, died, nhsNumber }, allergies }: { banner: BannerView; allergies: AllergiesView | undefined }) {
  return (
    <div className="os-banner-line" aria-hidden="true" data-banner-line>
      <div className="os-inner">
        <strong>{name}</strong>
        <span><span className="os-label">{words.born}</span> {born}</span>
        {died === undefined ? null : <strong>{words.deceased} {died}</strong>}
        <span><span className="os-label">{words.nhs}</span> {nhsNumber}</span>
        {allergies === undefined || allergies.known === 0 ? null : <strong>{words.allergy.flag(allergies.known)}</strong>}
      </div>
    </div>
  );
}

function useScrolledAway(whole: { current: HTMLElement | null }): boolean {
  const [away, setAway] = useState(false);
  useEffect(() => {
    const { current } = whole;
    if (!current) return undefined;
    const watcher = new IntersectionObserver(([seen]) => setAway(seen !== undefined && !seen.isIntersecting && seen.boundingClientRect.top < 0));
    watcher.observe(current);
    return () => watcher.disconnect();
  }, [whole]);
  return away;
}
