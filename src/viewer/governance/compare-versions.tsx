import { useState } from 'react';
import { strings } from '../strings.ts';
import { Facts } from '../ui/facts.tsx';
import { Select } from '../ui/nhs.ts';
import type { AgreementView } from './agreement-view.ts';
import { compareAgreements } from './compare-agreements.ts';
import { useAgreements } from './use-registers.ts';

const words = strings.agreements.versions;

/** What an agreement says otherwise than another version of it. Where there is one version only, nothing. */
export function CompareVersions({ agreement }: { agreement: AgreementView }) {
  const [version, setVersion] = useState('');
  const others = (useAgreements().data ?? []).filter(({ identifier, version: each }) => identifier === agreement.identifier && each !== agreement.version);
  const other = others.find((each) => each.version === version);
  if (others.length === 0) return null;
  return (
    <>
      <h2 className="nhsuk-heading-m">{words.heading}</h2>
      <Select id="compare-version" label={words.choose} value={version} onChange={({ currentTarget }) => { setVersion(currentTarget.value); }}>
        <Select.Option value="">{words.none}</Select.Option>
        {others.map((each) => <Select.Option value={each.version} key={each.version}>{words.version(each.version, strings.agreements.states[each.state])}</Select.Option>)}
      </Select>
      {other === undefined ? null : <Changes before={other} after={agreement} />}
    </>
  );
}

function Changes({ before, after }: { before: AgreementView; after: AgreementView }) {
  const changes = compareAgreements(before, after);
  if (changes.length === 0) return <p role="status">{words.same(before.version)}</p>;
  return (
    <ul className="os-changes" aria-label={words.heading}>
      {changes.map(({ of, kind, parts }) => (
        <li key={of}>
          <strong>{of}</strong> {words.kinds[kind]}
          {parts.map(({ label, before: was, after: is }) => <div key={label}><p className="os-quiet">{label}</p><Facts facts={[[words.before(before.version), was], [words.after(after.version), is]]} /></div>)}
        </li>
      ))}
    </ul>
  );
}
