import type { Requester } from '../../../fhir/sharing.ts';
import type { OAuthState } from '../../../store/partners/oauth-state.ts';

/** A launch: whose, at whom, and for which app (null: the gateway's own viewer). */
export interface Launch {
  person: string;
  organisation: string;
  patient: string;
  client: string | null;
}

/** For whom an app acts, kept beside the grant somebody gave it. */
export interface AppGrant {
  organisation: string;
  organisation_name: string;
  role: string;
  purpose: string;
  name: string;
  /** names of the organisations somebody chose between at sign-in */
  acts_for?: readonly string[];
  /** of the launch, if it began with one */
  patient?: string;
  /** its scopes are of that citizen's context */
  bound?: true;
}

/** How far somebody is who chooses about whom an app opens. */
export interface Choosing {
  person: string;
  /** what the form said last; null: nothing yet */
  said: Readonly<Record<string, string>> | null;
}

/** SMART: a launch is used at once or not at all. */
export const launchSeconds = 300;
/** what somebody signed in may renew tokens with, without being asked again */
export const renewableSeconds = 12 * 3600;
const grantSeconds = renewableSeconds + 3600;
const choosingSeconds = 600;

/** Launches and what came of them, in the issuer's memory. */
export function createAppLaunches(state: OAuthState) {
  return {
    /** `id` is opaque, and all that is ever told of it. */
    begin: (id: string, launch: Launch) => state.save('Launch', id, { payload: { ...launch } }, launchSeconds),
    /** Of the person it was made for and the app it was made for, once; null for anybody and anything else. */
    take: async (id: string, { person, organisation }: Requester, client: string | null): Promise<Launch | null> => {
      const launch = (await state.take('Launch', id)) as Launch | null;
      return launch !== null && launch.person === person?.id && launch.organisation === organisation && launch.client === client ? launch : null;
    },
    /** Between a form and the page that answers it: nobody's name is in an address, and going back repeats no form. */
    keepChoosing: (uid: string, choosing: Choosing) => state.save('Choosing', uid, { payload: { ...choosing } }, choosingSeconds),
    findChoosing: async (uid: string, { person }: Requester): Promise<Choosing | null> => {
      const choosing = (await state.find('Choosing', uid)) as Choosing | null;
      return choosing !== null && choosing.person === person?.id ? choosing : null;
    },
    endChoosing: (uid: string) => state.end('Choosing', uid),
    keepGrant: (grantId: string, clientId: string, grant: AppGrant) => state.save('AppGrant', grantId, { payload: { ...grant }, clientId, grantId }, grantSeconds),
    findGrant: async (grantId: string): Promise<AppGrant | null> => (await state.find('AppGrant', grantId)) as AppGrant | null,
  };
}

export type AppLaunches = ReturnType<typeof createAppLaunches>;
