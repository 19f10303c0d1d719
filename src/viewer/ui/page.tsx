import { useEffect, useRef, type ReactNode } from 'react';
import { useNavigationType } from 'react-router';
import { strings } from '../strings.ts';

/** One screen: its title for the window, and its heading, which takes the focus so that a screen reader says where one is. `around` puts what belongs to the heading about it. */
export function Page({ title, heading, around = (top) => top, children }: { title: string; heading?: ReactNode; around?: (top: ReactNode) => ReactNode; children: ReactNode }) {
  const top = useRef<HTMLHeadingElement>(null);
  const arrivedBy = useRef(useNavigationType());
  useEffect(() => {
    document.title = `${title} – ${strings.product}`;
    top.current?.focus({ preventScroll: true });
    if (arrivedBy.current === 'PUSH') window.scrollTo(0, 0); // a new page begins at its top; going back is the browser's to restore
  }, [title]);
  return (
    <>
      {around(<h1 className="nhsuk-heading-l" ref={top} tabIndex={-1}>{heading ?? title}</h1>)}
      {children}
    </>
  );
}
