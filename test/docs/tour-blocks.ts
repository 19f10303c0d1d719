/** The commands of the README's first tour: every ```sh tour block, with the ```text block that follows it, if any. */
export interface TourBlock {
  commands: string;
  /** as printed in the README; null where nothing is shown */
  shown: string | null;
  line: number;
}

const block = /^```sh tour\n([^]*?)^```\n(?:\n```text\n([^]*?)^```\n)?/gm;

export function tourBlocks(readme: string): TourBlock[] {
  return [...readme.matchAll(block)].map((match) => ({
    commands: match[1] ?? '', shown: match[2] ?? null, line: readme.slice(0, match.index).split('\n').length,
  }));
}

/** The README with what the commands really printed, where it says something else. */
export function withOutputs(readme: string, outputs: readonly string[]): string {
  let i = 0;
  return readme.replace(block, (whole: string, commands: string, shown?: string) => {
    const printed = outputs[i++] ?? '';
    if (shown === undefined || sameInKind(shown, printed)) return whole;
    return `\`\`\`sh tour\n${commands}\`\`\`\n\n\`\`\`text\n${printed}\`\`\`\n`;
  });
}

/** Ids and times differ from run to run; everything else is a promise. */
export function inKind(text: string): string {
  return text
    .replaceAll(/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g, '<id>')
    .replaceAll(/\b\d{2}:\d{2}:\d{2}\b/g, '<time>')
    .replaceAll(/(?<=127\.0\.0\.1:)\d+/g, '<port>');
}

export function sameInKind(shown: string, printed: string): boolean {
  return inKind(shown) === inKind(printed);
}
