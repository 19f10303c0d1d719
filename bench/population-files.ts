import { demoFiles } from '../src/demo/demo-files.ts';

export interface PopulationFile {
  feed: string;
  part: string;
  /** messages or rows in it */
  records: number;
  content: Buffer;
}

const seed = 2018;
const messagesPerFile = 100;

/** Everything the partners send about so many people, in the order they would send it; hospital messages in files of a hundred. */
export function* populationFiles(citizens: number): Generator<PopulationFile, void, undefined> {
  for (const { feed, part, content } of demoFiles({ seed, citizens })) {
    if (content.startsWith('MSH|')) yield* inFiles(feed, content.split(/(?=^MSH\|)/m), messagesPerFile);
    else yield { feed, part, records: content.trimEnd().split('\n').length - 1, content: Buffer.from(content) };
  }
}

/** The council's rows about so many people, in files as it would send them. */
export function councilFiles(citizens: number): PopulationFile[] {
  return [...populationFiles(citizens)].filter(({ feed }) => feed === 'bcc-cld');
}

/** The hospital's messages about so many people, one by one, in the order they were sent. */
export function hospitalMessages(citizens: number): string[] {
  return [...demoFiles({ seed, citizens })].filter(({ feed }) => feed === 'uhb-adt').flatMap(({ content }) => content.split(/(?=^MSH\|)/m));
}

export function* inFiles(feed: string, messages: readonly string[], each: number): Generator<PopulationFile, void, undefined> {
  for (let i = 0; i < messages.length; i += each) {
    const some = messages.slice(i, i + each);
    yield { feed, part: '', records: some.length, content: Buffer.from(some.join('')) };
  }
}
