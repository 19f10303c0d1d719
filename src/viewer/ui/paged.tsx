import type { ReactNode } from 'react';
import { Loading } from './loading.tsx';
import { Button } from './nhs.ts';
import { Problem } from './problem.tsx';

interface Query<Page> {
  data: { pages: Page[] } | undefined;
  error: unknown;
  isPending: boolean;
  hasNextPage: boolean;
  isFetchingNextPage: boolean;
  refetch: () => Promise<unknown>;
  fetchNextPage: () => Promise<unknown>;
}

/** A list that comes in pages: while it comes, when it failed, when there is nothing, and a button for more. */
export function Paged<Page, Item>({ query, items, none, more, children }: { query: Query<Page>; items: (page: Page) => readonly Item[]; none: string; more: string; children: (all: readonly Item[]) => ReactNode }) {
  const { data, error, isPending, hasNextPage, isFetchingNextPage } = query;
  if (isPending) return <Loading />;
  if (!data) return <Problem error={error} onRetry={() => void query.refetch()} />;
  const all = data.pages.flatMap((page) => items(page));
  return (
    <>
      {all.length > 0 ? children(all) : hasNextPage ? null : <p>{none}</p>}
      {error === null ? null : <Problem error={error} />}
      {hasNextPage ? <Button type="button" secondary aria-disabled={isFetchingNextPage} onClick={() => { if (!isFetchingNextPage) void query.fetchNextPage(); }}>{more}</Button> : null}
    </>
  );
}
