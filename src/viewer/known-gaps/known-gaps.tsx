import { strings } from '../strings.ts';
import { Page } from '../ui/page.tsx';
import knownGapsText from '../../../docs/known-gaps.md?raw';
import { readMarkdown, runsOf } from './read-markdown.ts';

const words = strings.knownGaps;

/** What is known not to be covered: the page of the documentation, as it stands in this version. */
export function KnownGaps() {
  return (
    <Page title={words.title}>
      <p className="os-lead">{words.intro}</p>
      <div className="os-prose">
        {readMarkdown(knownGapsText).map((block, at) => {
          if (block.kind === 'heading') return <h2 className="nhsuk-heading-m" key={at}>{block.text}</h2>;
          if (block.kind === 'paragraph') return <p key={at}><Runs text={block.text} /></p>;
          return <ul key={at}>{block.items.map((item) => <li key={item}><Runs text={item} /></li>)}</ul>;
        })}
      </div>
    </Page>
  );
}

function Runs({ text }: { text: string }) {
  return runsOf(text).map((run, at) => (run.kind === 'strong' ? <strong key={at}>{run.text}</strong> : run.kind === 'code' ? <code key={at}>{run.text}</code> : run.text));
}
