export type CardName = 'where' | 'plan' | 'who' | 'coming' | 'once';

const usual: readonly CardName[] = ['where', 'plan', 'who', 'coming', 'once'];

/** What each role comes to a record with, first: the same cards for everybody, in another order. */
const orders: Readonly<Record<string, readonly CardName[]>> = {
  nurse: ['where', 'plan', 'who', 'once', 'coming'],
  therapist: ['where', 'plan', 'who', 'once', 'coming'],
  paramedic: ['where', 'who', 'plan', 'once', 'coming'],
  'social-worker': ['where', 'who', 'plan', 'coming', 'once'],
  coordinator: ['where', 'coming', 'who', 'plan', 'once'],
  'care-home-registered': ['once', 'plan', 'who', 'coming', 'where'],
  'care-home-unregistered': ['once', 'who', 'coming', 'plan', 'where'],
  'voluntary-worker': ['who', 'coming', 'once', 'plan', 'where'],
};

/** The cards of the first screen in the order of this role; every one of them for everybody. */
export function cardsFor(role: string): readonly CardName[] {
  return Object.hasOwn(orders, role) ? orders[role] ?? usual : usual;
}
