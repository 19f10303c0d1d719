import { ErrorSummary } from './nhs.ts';

/** What is still wrong in a form, each leading to its box: `{prefix}-{field}`. It takes the focus when it comes. */
export function Mistakes({ prefix, heading, mistakes }: { prefix: string; heading: string; mistakes: Readonly<Record<string, string>> }) {
  const found = Object.entries(mistakes);
  if (found.length === 0) return null;
  return (
    <ErrorSummary key={found.map(([field]) => field).join()}>
      <ErrorSummary.Title>{heading}</ErrorSummary.Title>
      <ErrorSummary.List>{found.map(([field, text]) => <ErrorSummary.ListItem href={`#${prefix}-${field}`} key={field}>{text}</ErrorSummary.ListItem>)}</ErrorSummary.List>
    </ErrorSummary>
  );
}

/** The mistake of one box, as the component library takes it. */
export function errorOf(text: string | undefined): { error?: string } {
  return text === undefined ? {} : { error: text };
}
