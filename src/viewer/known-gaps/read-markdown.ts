/** The few things a page of known gaps is written with: headings, paragraphs and lists, with bold words, code and links in them. */
export type Block = { kind: 'heading'; text: string } | { kind: 'paragraph'; text: string } | { kind: 'list'; items: string[] };
export interface Run {
  kind: 'text' | 'strong' | 'code';
  text: string;
}

/** Markdown → blocks. The page's own title is left out; lines of a paragraph or item are one. */
export function readMarkdown(text: string): Block[] {
  const blocks: Block[] = [];
  for (const part of text.replaceAll('\r\n', '\n').split(/\n{2,}/)) {
    const chunk = part.trim();
    if (chunk === '' || chunk.startsWith('# ')) continue;
    if (chunk.startsWith('## ')) {
      const [first = '', ...rest] = chunk.split('\n');
      blocks.push({ kind: 'heading', text: first.slice(3) }, ...(rest.length > 0 ? readMarkdown(rest.join('\n')) : []));
    } else if (chunk.startsWith('- ')) blocks.push({ kind: 'list', items: chunk.slice(2).split(/\n- /).map(oneLine) });
    else blocks.push({ kind: 'paragraph', text: oneLine(chunk) });
  }
  return blocks;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').trim();
}

/** Bold and code told apart; of a link and of italics the words stay, because other pages of the documentation are not here. */
export function runsOf(text: string): Run[] {
  const plain = text.replaceAll(/\[([^\]]+)\]\([^)]*\)/g, '$1');
  return plain.split(/(\*\*[^*]+\*\*|`[^`]+`)/).filter((part) => part !== '').map((part): Run =>
    part.startsWith('**') ? { kind: 'strong', text: part.slice(2, -2) } : part.startsWith('`') ? { kind: 'code', text: part.slice(1, -1) } : { kind: 'text', text: part.replaceAll(/\*([^*]+)\*/g, '$1') });
}
