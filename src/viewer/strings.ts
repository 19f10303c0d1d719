import { agreements } from './words/agreements.ts';
import { breakGlass } from './words/break-glass.ts';
import { cases } from './words/cases.ts';
import { choices } from './words/choices.ts';
import { emergency } from './words/emergency.ts';
import { explain } from './words/explain.ts';
import { feeds } from './words/feeds.ts';
import { find } from './words/find.ts';
import { knownGaps } from './words/known-gaps.ts';
import { discharge } from './words/discharge.ts';
import { links } from './words/links.ts';
import { logProof } from './words/log-proof.ts';
import { person } from './words/person.ts';
import { referral } from './words/referral.ts';
import { reports } from './words/reports.ts';
import { whoLooked } from './words/who-looked.ts';

/** Every sentence the viewer says that is not data. Sections are screens; a code from the API is put into words here. */
export const strings = {
  product: 'OneStory',
  partnership: 'Birmingham integrated care partnership',
  evaluation: 'Synthetic people only. For evaluation: never put a real patient in it.',
  evaluationLabel: 'Evaluation',
  skip: 'Skip to the content',
  loading: 'Loading',
  header: { actingFor: 'Acting for', change: 'Change', changeSays: 'for whom you act: you sign in again', purpose: 'Purpose', signOut: 'Sign out', signOutEverywhere: 'Sign out everywhere', home: 'OneStory home' },
  nav: { label: 'Screens', menu: 'Menu', find: 'Find a person', referrals: 'Referrals', discharge: 'Ready to leave', choices: 'Choices', reports: 'Reports', logProof: 'Proof of the log', whoLooked: 'Who looked', agreements: 'Agreements', cases: 'Odd looks', emergency: 'Emergency access', links: 'Possible links', feeds: 'Feeds', knownGaps: 'Known gaps' },
  footer: 'What is missing here may still exist. Every look at a record is written down, with the reason it was allowed.',
  problem: {
    heading: 'This did not work',
    unforeseen: 'Something went wrong in the viewer. Nothing was lost. Try again.',
    unreachable: 'The gateway did not answer. Check the network and try again. Nothing was lost.',
    again: 'Try again',
    quote: 'To have it looked into, quote',
  },
  ask: { sending: 'Sending', close: 'Close' },
  notFound: { title: 'Page not found', text: 'There is no such page. If you typed the address, check it. If you followed a link, it may be old.', home: 'Go to the first page' },
  session: {
    warningTitle: 'You will be signed out soon',
    warning: (seconds: number): string => `Nothing has happened for a while. For the safety of people’s records you will be signed out in ${countdown(seconds)}.`,
    endingTitle: 'Your session is coming to its end',
    ending: (seconds: number): string => `A session lasts a fixed time, however busy you are. You will be signed out in ${countdown(seconds)}. Sign in again to go on.`,
    stay: 'Stay signed in',
    later: 'Close',
    signedOutTitle: 'You are signed out',
    signedOut: 'No information about people is left on this screen.',
    timedOut: 'You were signed out because nothing happened for a while, or because the session had lasted its full time.',
    signInAgain: 'Sign in',
    signInFailedTitle: 'Signing in did not work',
    signInFailed: 'The sign-in was not completed. Nothing was opened. Try again; if it happens again, tell those who run the gateway.',
    notOffered: 'This gateway has no sign-in for people: those who run it must name the viewer’s client first.',
  },
  whoLooked,
  agreements,
  breakGlass,
  cases,
  choices,
  discharge,
  emergency,
  explain,
  feeds,
  find,
  knownGaps,
  links,
  logProof,
  person,
  referral,
  reports,
  roles: {
    doctor: 'Doctor', nurse: 'Nurse', therapist: 'Therapist', 'social-worker': 'Social worker', paramedic: 'Paramedic',
    'care-home-registered': 'Care home, registered staff', 'care-home-unregistered': 'Care home staff', 'voluntary-worker': 'Voluntary worker',
    coordinator: 'Coordinator', administrator: 'Administrator', integration: 'System', governance: 'Information governance lead', 'privacy-officer': 'Privacy officer',
  } as Readonly<Record<string, string>>,
  purposes: {
    TREAT: 'Direct care', CAREMGT: 'Care management', COC: 'Coordination of care', ETREAT: 'Emergency care', BTG: 'Emergency access', HQUALIMP: 'Improving quality', HRESCH: 'Research', POPHLTH: 'Health of the population', PUBHLTH: 'Public health', HOPERAT: 'Oversight of sharing', HSYSADMIN: 'Running the systems',
  } as Readonly<Record<string, string>>,
} as const;

function countdown(seconds: number): string {
  if (seconds > 90) return `${Math.round(seconds / 60)} minutes`;
  return seconds === 1 ? '1 second' : `${Math.max(0, seconds)} seconds`;
}
