import { Refusal } from './fhir/problem.ts';
import type { Requester } from './fhir/sharing.ts';
import { openPage, sealPage } from './flow/page-token.ts';
import type { Secrets } from './store/secrets.ts';

/** Where a search stands, as its next page's address carries it. */
export function pagesOf({ page }: Secrets) {
  return {
    sealPage: (requester: Requester, state: unknown) => sealPage(page, requester, state),
    openPage: (requester: Requester, token: string): unknown => {
      const opened = openPage(page, requester, token);
      if ('problem' in opened) throw new Refusal(opened.problem);
      return opened.state;
    },
  };
}
