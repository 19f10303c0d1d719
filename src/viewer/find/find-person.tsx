import { useEffect, useRef, useState } from 'react';
import type { SignedIn } from '../api/session.ts';
import { mayBreakGlass } from '../home.tsx';
import { strings } from '../strings.ts';
import { Loading } from '../ui/loading.tsx';
import { Page } from '../ui/page.tsx';
import { Problem } from '../ui/problem.tsx';
import { FindErrors } from './find-errors.tsx';
import { FindForms } from './find-forms.tsx';
import { foundOf } from './found-view.ts';
import { nothingTyped, readForm, type FieldError, type FindValues, type Way } from './read-form.ts';
import { Recent } from './recent-people.tsx';
import { useRecent } from './recent.ts';
import { headingOf, Results } from './results.tsx';
import { useFind } from './use-find.ts';

const words = strings.find;

/** By NHS number, or by surname and date of birth; what was found stays until the next search or the end of the session. */
export function FindPerson({ session }: { session: SignedIn }) {
  const { last, typedBefore, asking, clear } = useFind();
  const recent = useRecent();
  const [values, setValues] = useState<FindValues>(typedBefore);
  const [errors, setErrors] = useState<FieldError[]>([]);
  const [tries, setTries] = useState(0);
  const results = useRef<HTMLHeadingElement>(null);
  const asked = useRef(false);
  useEffect(() => {
    if (!last || !asked.current) return;
    asked.current = false;
    results.current?.focus({ preventScroll: true });
    results.current?.scrollIntoView({ block: 'start' }); // whoever was found is seen without scrolling
  }, [last]);
  const submit = (way: Way): void => {
    const read = readForm(values, way, new Date());
    setTries(tries + 1);
    setErrors(read.kind === 'errors' ? read.errors : []);
    if (read.kind === 'errors') return;
    asked.current = true;
    const used = way === 'number' ? { ...nothingTyped, number: values.number } : { ...values, number: '' };
    setValues(used); // what stands in the boxes is what the results are for
    asking.mutate({ values: used, form: read.form, known: read.known });
  };
  const startAgain = (): void => {
    clear();
    setValues(nothingTyped);
    setErrors([]);
  };
  const found = last && errors.length === 0 && !asking.isPending ? foundOf(last, new Date()) : undefined;
  return (
    <div className="os-find">
      <Page title={words.title}>
        {errors.length > 0 ? <FindErrors errors={errors} key={tries} /> : null}
        <FindForms values={values} errors={errors} busy={asking.isPending} onChange={(change) => setValues({ ...values, ...change })} onSubmit={submit} />
        {asking.isPending ? <Loading lines={3} /> : null}
        {asking.isError ? <Problem error={asking.error} onRetry={() => asking.mutate(asking.variables)} /> : null}
        <p className="nhsuk-u-visually-hidden" role="status">{found === undefined ? '' : headingOf(found)}</p>
        {found === undefined && !asking.isPending ? <Recent people={recent} /> : null}
        {found === undefined ? null : <Results found={found} heading={results} onClear={startAgain} mayNeed={mayBreakGlass(session)} />}
      </Page>
    </div>
  );
}
