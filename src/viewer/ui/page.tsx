import { useEffect, useRef, type ReactNode } from 'react';
import { strings } from '../strings.ts';

/** One screen: its title for the window, and its heading, which takes the focus so that a screen reader says where one is. */
export function Page({ title, heading, children }: { title: string; heading?: ReactNode; children: ReactNode }) {
  const top = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} – ${strings.product}`;
    top.current?.focus({ preventScroll: true });
  }, [title]);
  return (
    <>
      <h1 className="nhsuk-heading-l" ref={top} tabIndex={-1}>{heading ?? title}</h1>
      {children}
    </>
  );
}
