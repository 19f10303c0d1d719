import { useEffect, useRef, type ReactNode } from 'react';

/** A modal of the browser's own: focus is kept inside it and goes back where it was. Escape means `onClose`. */
export function Dialog({ heading, onClose, children }: { heading: string; onClose: () => void; children: ReactNode }) {
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const { current } = box;
    if (current && !current.open) current.showModal();
    return () => { current?.close(); };
  }, []);
  return (
    <dialog className="os-dialog" ref={box} aria-labelledby="dialog-heading" onCancel={(event) => { event.preventDefault(); onClose(); }}>
      <h2 className="nhsuk-heading-m" id="dialog-heading">{heading}</h2>
      {children}
    </dialog>
  );
}
