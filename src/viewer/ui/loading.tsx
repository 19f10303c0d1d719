import { strings } from '../strings.ts';

/** The shape of what is coming, for the eye; one sentence for the ear. */
export function Loading({ lines = 6 }: { lines?: number }) {
  return (
    <div role="status" data-loading>
      <span className="nhsuk-u-visually-hidden">{strings.loading}</span>
      <div aria-hidden="true">
        {Array.from({ length: lines }, (_, line) => <span className="os-skeleton" key={line} style={{ width: `${90 - ((line * 17) % 50)}%` }} />)}
      </div>
    </div>
  );
}
