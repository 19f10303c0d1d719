import { Link } from 'react-router';
import { strings } from './strings.ts';
import { Page } from './ui/page.tsx';

export function NotFound() {
  return (
    <Page title={strings.notFound.title}>
      <p>{strings.notFound.text}</p>
      <p><Link to="/">{strings.notFound.home}</Link></p>
    </Page>
  );
}
