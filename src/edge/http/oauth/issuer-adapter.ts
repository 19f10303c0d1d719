import { createHash } from 'node:crypto';
import { errors } from 'oidc-provider';
import type { Adapter, StoredPayload } from 'oidc-provider';

import type { RegisteredClient } from '../../../store/partners/oauth-clients.ts';
import type { OAuthState } from '../../../store/partners/oauth-state.ts';
import type { TokenStops } from '../../../store/partners/token-stops.ts';
import { isClientId } from '../../../flow/partners/check-client.ts';
import { metadataOf } from './issuer-clients.ts';

/** What the issuer keeps in the record, so that every process of a gateway is the same issuer. */
export interface IssuerStores {
  state: OAuthState;
  stops: TokenStops;
  /** a registered client, switched on or not */
  findClient: (id: string) => Promise<RegisteredClient | null>;
  /** an organisation's name by its key */
  nameOf: (organisation: string) => string;
  /** id of the Practitioner a person is named by */
  practitionerOf: (person: string) => string;
}

/** longer than anything that can be renewed */
const grantMs = 13 * 3600_000;
const usualSeconds = 3600;
/** an assertion is remembered longer than it counts, because clocks differ */
const clocksDifferSeconds = 300;

/**
 * oidc-provider's memory: the clients that come with the program by id, the registered ones from the registry at every
 * request, and everything else in the database. An assertion is written once: of two requests racing with the same one, to
 * whichever processes, the second is refused; so are the second of two with one
 * code or refresh token, and what the first one gave ends with it. Ending a grant stops the access tokens that came of it.
 */
export function createIssuerAdapter(stores: IssuerStores, own: ReadonlyMap<string, StoredPayload>, clock: () => Date): (model: string) => Adapter {
  const { state, stops } = stores;
  async function endGrant(grantId: string): Promise<void> {
    await stops.stop(`grant ${grantName(grantId)}`, new Date(clock().getTime() + grantMs));
    await state.endGrant(grantId);
  }

  return (model) => (model === 'Client' ? clientAdapter(stores, own, clock) : {
    async upsert(id, payload, expiresIn = usualSeconds) {
      const { jti: _jti, ...rest } = payload;
      const entry = {
        payload: model === 'Session' ? payload : rest, // a session is found by another name than its id
        ...(typeof payload['clientId'] === 'string' && { clientId: payload['clientId'] }), ...(typeof payload['grantId'] === 'string' && { grantId: payload['grantId'] }), ...(typeof payload['uid'] === 'string' && { uid: payload['uid'] }),
      };
      if (model !== 'ReplayDetection') return state.save(model, id, entry, expiresIn);
      if (!(await state.saveOnce(model, id, entry, expiresIn + clocksDifferSeconds))) throw new errors.InvalidClientAuth('assertion already used');
    },
    find: async (id) => withId(id, await state.find(model, id)),
    findByUid: async (uid) => (await state.findByUid(model, uid)) ?? undefined,
    findByUserCode: () => Promise.resolve(undefined),
    async consume(id) {
      if (await state.consume(model, id)) return;
      const grantId = (await state.find(model, id))?.['grantId']; // a moment ago it was unused: two came at once
      if (typeof grantId === 'string') await endGrant(grantId);
      throw new errors.InvalidGrant('used already');
    },
    destroy: (id) => state.end(model, id),
    revokeByGrantId: endGrant,
  });
}

/** What an access token says of the grant it came of: enough to be stopped by, and nothing to ask for another one with. */
export function grantName(grantId: string): string {
  return createHash('sha256').update(`onestory grant\0${grantId}`).digest('base64url').slice(0, 22);
}

function clientAdapter({ findClient, nameOf }: IssuerStores, own: ReadonlyMap<string, StoredPayload>, clock: () => Date): Adapter {
  const never = (): Promise<never> => Promise.reject(new Error('clients are registered by governance'));
  return {
    find: async (id) => {
      const known = own.get(id);
      if (known) return known;
      const registered = isClientId(id) ? await findClient(id) : null;
      return registered?.enabled === true ? metadataOf(registered, nameOf(registered.organisation), clock()) : undefined;
    },
    upsert: never, findByUid: never, findByUserCode: never, consume: never, destroy: never, revokeByGrantId: never,
  };
}

function withId(id: string, payload: Record<string, unknown> | null): StoredPayload | undefined {
  return payload === null ? undefined : { jti: id, ...payload };
}
