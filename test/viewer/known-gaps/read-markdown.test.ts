import { readFileSync } from 'node:fs';
import { readMarkdown, runsOf } from '../../../src/viewer/known-gaps/read-markdown.ts';

test('headings, paragraphs and lists are told apart, lines that belong together are one', () => {
  expect(readMarkdown('# Title\n\nOne\ntwo.\n\n## Part\n\n- **A.** first\n  goes on\n- second\n')).toEqual([
    { kind: 'paragraph', text: 'One two.' }, { kind: 'heading', text: 'Part' }, { kind: 'list', items: ['**A.** first goes on', 'second'] },
  ]);
});

test('bold words and code are told apart, of a link its words stay', () => {
  expect(runsOf('**Time.** See `x` and [this](y.md), *really*')).toEqual([{ kind: 'strong', text: 'Time.' }, { kind: 'text', text: ' See ' }, { kind: 'code', text: 'x' }, { kind: 'text', text: ' and this, really' }]);
});

test('of the page as it stands no sign of how it was written is left', () => {
  const blocks = readMarkdown(readFileSync('docs/known-gaps.md', 'utf8'));
  const texts = blocks.flatMap((block) => (block.kind === 'list' ? block.items : [block.text])).flatMap((text) => runsOf(text)).filter(({ kind }) => kind !== 'code').map(({ text }) => text);
  expect(blocks.filter(({ kind }) => kind === 'heading').length).toBeGreaterThan(4);
  expect(texts.filter((text) => /\*\*|^#|\]\(|^- /.test(text))).toEqual([]);
});
