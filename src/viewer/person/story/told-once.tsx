import { useContext, useEffect, useRef, type ReactNode } from 'react';
import { strings } from '../../strings.ts';
import { Bounded } from '../../ui/bounded.tsx';
import { Button } from '../../ui/nhs.ts';
import { Problem } from '../../ui/problem.tsx';
import { Unbroken } from '../../ui/unbroken.tsx';
import { AsAt } from '../parts/as-at.tsx';
import { Section } from '../parts/card.tsx';
import { PhoneText } from '../parts/phone-text.tsx';
import type { ToldOnceView } from './told-once-view.ts';
import { useConfirm } from './use-told-story.ts';

const words = strings.person.toldOnce;
const limit = 6;

/** What the person need not be asked again, each with who recorded it and when somebody last found it still right. */
export function ToldOnce({ facts, citizen, children }: { facts: readonly ToldOnceView[]; citizen: string; children: ReactNode }) {
  return (
    <Section name="told-once" heading={strings.person.sections.toldOnce}>
      <p>{words.intro}</p>
      {children}
      <Bounded items={facts} limit={limit}>
        {(shown) => shown.length === 0 ? null : <ul className="os-items os-items--two">{shown.map((fact) => <Fact fact={fact} citizen={citizen} key={fact.version} />)}</ul>}
      </Bounded>
    </Section>
  );
}

function Fact({ fact: { version, lines, recordedBy, confirmed, confirmedToday }, citizen }: { fact: ToldOnceView; citizen: string }) {
  const confirming = useConfirm(citizen);
  const isNow = useContext(AsAt) === undefined;
  const said = useRef<HTMLParagraphElement>(null);
  const done = confirming.isSuccess && confirmedToday;
  useEffect(() => { if (done) said.current?.focus(); }, [done]); // the button that was pressed goes away
  const [first = ''] = lines;
  return (
    <li className="os-item os-fact">
      <ul>{lines.map((line, at) => <li key={`${at} ${line}`}><PhoneText text={line} /></li>)}</ul>
      <p className="os-origin">{words.recordedBy} <Unbroken text={recordedBy} /></p>
      {confirmed === undefined ? null : <p className="os-origin" ref={said} tabIndex={-1}><Unbroken text={confirmed} /></p>}
      {confirming.isError ? <Problem error={confirming.error} /> : null}
      {confirmedToday || !isNow ? null : (
        <Button secondary small type="button" aria-disabled={confirming.isPending} onClick={() => { if (!confirming.isPending) confirming.mutate(version); }}>
          {confirming.isPending ? words.confirming : words.stillRight}<span className="nhsuk-u-visually-hidden"> {first}</span>
        </Button>
      )}
    </li>
  );
}
