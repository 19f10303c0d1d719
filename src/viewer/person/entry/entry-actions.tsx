import { useState } from 'react';
import { strings } from '../../strings.ts';
import { Ask } from '../../ui/ask.tsx';
import { Radios, Select, TextInput } from '../../ui/nhs.ts';
import { elementsOf, othersLike } from './entry-actions-view.ts';
import type { Version } from './compare-versions.ts';
import type { Directory } from '../parts/origin.ts';
import type { Story } from '../story/story.ts';
import { useCorrection, useSameEvent } from './use-entry-actions.ts';

const words = strings.person.actions;

/** What a reader may say about an entry: that something in it is not right, or that another entry tells of the same. */
export function EntryActions({ newest, story, directory, citizen }: { newest: Version; story: Story | undefined; directory: Directory; citizen: string }) {
  return (
    <section className="os-section" aria-labelledby="actions-heading" data-actions>
      <h3 className="nhsuk-heading-s" id="actions-heading">{words.heading}</h3>
      <Correction newest={newest} citizen={citizen} />
      {story ? <SameEvent newest={newest} story={story} directory={directory} citizen={citizen} /> : null}
    </section>
  );
}

function Correction({ newest: { id, resource }, citizen }: { newest: Version; citizen: string }) {
  const elements = elementsOf(resource);
  const [element, setElement] = useState('');
  const [value, setValue] = useState('');
  const ask = useCorrection(citizen);
  const missing = element === '' ? words.correct.noElement : value.trim() === '' ? words.correct.noValue : undefined;
  return (
    <Ask open={words.correct.open} submit={words.correct.send} done={words.correct.done} missing={missing} onAsk={() => ask(`${resource.resourceType}/${resource.id ?? ''}/_history/${id}`, element, value.trim())}>
      <p>{words.correct.say}</p>
      <Select id="correct-element" label={words.correct.element} value={element} onChange={({ currentTarget }) => { setElement(currentTarget.value); }}>
        <Select.Option value="">{words.choose}</Select.Option>
        {elements.map(({ name, label }) => <Select.Option value={name} key={name}>{label}</Select.Option>)}
      </Select>
      <TextInput id="correct-value" label={words.correct.value} autoComplete="off" maxLength={1000} value={value} onChange={({ currentTarget }) => { setValue(currentTarget.value); }} />
    </Ask>
  );
}

function SameEvent({ newest: { resource }, story, directory, citizen }: { newest: Version; story: Story; directory: Directory; citizen: string }) {
  const others = othersLike(resource, story.resources, directory);
  const [other, setOther] = useState('');
  const [verdict, setVerdict] = useState('');
  const [reason, setReason] = useState('');
  const ask = useSameEvent(citizen);
  if (others.length === 0) return null;
  const missing = other === '' ? words.same.noOther : verdict === '' ? words.same.noVerdict : reason.trim().length < 5 ? words.same.noReason : undefined;
  return (
    <Ask open={words.same.open} submit={words.same.send} done={words.same.done} missing={missing} onAsk={() => ask(resource, other, verdict, reason.trim())}>
      <p>{words.same.say}</p>
      <Select id="same-other" label={words.same.other} value={other} onChange={({ currentTarget }) => { setOther(currentTarget.value); }}>
        <Select.Option value="">{words.choose}</Select.Option>
        {others.map(({ reference, label }) => <Select.Option value={reference} key={reference}>{label}</Select.Option>)}
      </Select>
      <Radios small legend={words.same.verdict} legendProps={{ size: 's' }} name="same-verdict" onChange={({ target }) => { setVerdict((target as HTMLInputElement).value); }}>
        {words.same.verdicts.map(([value, label]) => <Radios.Item id={`same-${value}`} value={value} key={value}>{label}</Radios.Item>)}
      </Radios>
      <TextInput id="same-reason" label={words.same.reason} autoComplete="off" maxLength={1000} value={reason} onChange={({ currentTarget }) => { setReason(currentTarget.value); }} />
    </Ask>
  );
}
