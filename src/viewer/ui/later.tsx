import { createElement, useEffect, useState, type ComponentType, type ReactNode } from 'react';
import { ApiProblem } from '../api/api-problem.ts';
import { Loading } from './loading.tsx';
import { Problem } from './problem.tsx';

/**
 * A screen whose program is not in the first load and comes when it is first opened; opened again, it is there at once. Not by
 * `lazy` and `Suspense`: after a fallback React holds back whatever comes for 300 ms, and a click is to be answered within 200.
 * Nor is it fetched before it is wanted: that gains little beside a gateway nearby, and while several programs came at once
 * Chromium now and then kept back a request of the screen.
 */
export function later<Props extends object>(load: () => Promise<ComponentType<Props>>): (props: Props) => ReactNode {
  let there: ComponentType<Props> | undefined;
  let coming: Promise<void> | undefined;
  const bring = (): Promise<void> => (coming ??= load().then((screen) => { there = screen; }, (error: unknown) => {
    coming = undefined;
    throw error;
  }));
  return function Later(props: Props): ReactNode {
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
  };
}

const unanswered = new ApiProblem(0, undefined);
