import { useIsFetching } from '@tanstack/react-query';
import { createElement, useEffect, useState, type ComponentType, type ReactNode } from 'react';
import { ApiProblem } from '../api/api-problem.ts';
import { Loading } from './loading.tsx';
import { Problem } from './problem.tsx';

/** A screen whose program is not in the first load. */
export interface LaterScreen<Props> {
  (props: Props): ReactNode;
  /** Fetches the program: once, unless it failed. */
  bring: () => Promise<void>;
}

/**
 * A screen whose program comes when it is brought or first opened; opened after it was brought, it is there at once. Not by
 * `lazy` and `Suspense`: after a fallback React holds back whatever comes for 300 ms, and a click is to be answered within 200.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): LaterScreen<Props> {
  let there: ComponentType<Props> | undefined;
  let coming: Promise<void> | undefined;
  const bring = (): Promise<void> => (coming ??= load().then((screen) => { there = screen; }, (error: unknown) => {
    coming = undefined;
    throw error;
  }));
  function Later(props: Props): ReactNode {
    const [state, setState] = useState<'coming' | 'there' | 'failed'>('coming');
    useEffect(() => {
      if (there) return undefined;
      let isShown = true;
      const tell = (now: typeof state) => () => { if (isShown) setState(now); };
      bring().then(tell('there'), tell('failed'));
      return () => { isShown = false; };
    }, []);
    if (there) return createElement(there, props);
    // a gateway that was renewed has other parts by now: loading the page anew finds them
    return state === 'failed' ? <Problem error={unanswered} onRetry={() => void bring().then(() => { setState('there'); }, () => { location.reload(); })} /> : <Loading />;
  }
  return Object.assign(Later, { bring });
}

const unanswered = new ApiProblem(0, undefined);

/** Brings what may come next once nothing else is under way. What fails now is tried again when it is opened. */
export function BringWhenIdle({ screens }: { screens: readonly { bring: () => Promise<void> }[] }): null {
  const isBusy = useIsFetching() > 0;
  useEffect(() => {
    if (isBusy) return undefined;
    const bring = (): void => { for (const screen of screens) screen.bring().catch(() => {}); };
    if (typeof requestIdleCallback !== 'function') { // Safari has none
      const wait = setTimeout(bring, 200);
      return () => { clearTimeout(wait); };
    }
    const idle = requestIdleCallback(bring, { timeout: 2_000 });
    return () => { cancelIdleCallback(idle); };
  }, [screens, isBusy]);
  return null;
}
