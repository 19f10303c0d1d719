import { castIndex, type CastName } from '../../src/demo/cast.ts';
import { demoReferenceDate } from '../../src/demo/calendar.ts';
import { generatePeople, personAt } from '../../src/demo/generate-people.ts';
import { isNhsNumber } from '../../src/demo/nhs-number.ts';
import { demoPartners, type DemoPartner, type Person } from '../../src/demo/person.ts';
import { adtMessages } from '../../src/demo/write-adt.ts';

const options = { seed: 1, citizens: 120 };
const people = [...generatePeople(options)];
const member = (name: CastName): Person => personAt(options, castIndex(name));
const messagesOf = (person: Person): string => adtMessages(options.seed, person).map((message) => message.text).join('');

describe('the people of the demo', () => {
  it('are as many as asked for, each found at the same place alone or in the crowd', () => {
    expect(people).toHaveLength(120);
    expect(personAt(options, 77)).toEqual(people[77]);
  });

  it.each<[DemoPartner, number, number]>([['uhb', 82, 100], ['bchc', 54, 68], ['bsmhft', 20, 30], ['bcc', 63, 77]])('%s knows between %i and %i of them', (partner, low, high) => {
    const known = people.filter((person) => person.known[partner] !== undefined).length;
    expect(known).toBeGreaterThanOrEqual(low);
    expect(known).toBeLessThanOrEqual(high);
  });

  it('are each known to somebody, under ids no other person of that partner has', () => {
    expect(people.filter((person) => Object.keys(person.known).length === 0)).toEqual([]);
    for (const partner of demoPartners) {
      const ids = people.flatMap((person) => person.known[partner] ?? []);
      expect(new Set(ids).size).toBe(ids.length);
    }
  });

  it('have NHS numbers of the test range, no two the same, and six have none', () => {
    const numbers = people.flatMap((person) => person.nhsNumber ?? []);
    expect(numbers.filter((number) => !number.startsWith('999') || !isNhsNumber(number))).toEqual([]);
    expect(new Set(numbers).size).toBe(numbers.length);
    expect(people.length - numbers.length).toBe(6);
  });

  it('have telephone numbers that Ofcom keeps for fiction', () => {
    const phones = people.flatMap((person) => [person.phone, person.mobile, person.kin?.phone].filter((phone) => phone !== undefined));
    expect(phones.filter((phone) => !/^(0121 496 0\d{3}|07700 900\d{3})$/.test(phone))).toEqual([]);
  });

  it('live at postcodes that end in XX', () => {
    expect(people.filter((person) => !/^B\d{1,2} \dXX$/.test(person.address.postcode))).toEqual([]);
  });

  it('come from many communities', () => {
    expect(new Set(people.map((person) => person.ethnicity.code)).size).toBeGreaterThanOrEqual(9);
  });

  it('have nothing happen to them after the reference date, and hospital stays that go forward in time', () => {
    const happened = (times: (string | undefined)[]): void => {
      expect(times.filter((time) => time !== undefined && time.slice(0, 10) > demoReferenceDate)).toEqual([]);
    };
    for (const person of generatePeople({ seed: 2, citizens: 1500 })) {
      for (const stay of person.hospital) {
        const times = [stay.admitted, ...stay.moves.map((move) => move.at), stay.fit, stay.discharged?.at].filter((time) => time !== undefined);
        expect(times).toEqual([...times].sort());
        happened(times);
      }
      for (const care of [person.community, person.mentalHealth]) {
        happened(care.referrals.flatMap((referral) => [referral.received, referral.accepted, referral.discharged?.at, referral.removed?.at]));
        happened([...care.carePlans, ...care.cpa].flatMap((plan) => [plan.start, plan.ended?.at]));
        happened(care.inpatient.flatMap((stay) => [stay.admitted, stay.ready, stay.discharged?.at]));
        for (const referral of care.referrals) {
          const times = [referral.made, referral.received, referral.accepted, referral.discharged?.at].filter((time) => time !== undefined);
          expect(times).toEqual([...times].sort());
        }
      }
      happened(person.council.events.flatMap((event) => (event.type === 'Service' ? [event.start] : [event.start, event.end])));
    }
  });

  it('change with the seed, all but the cast', () => {
    expect(personAt({ ...options, seed: 2 }, 40).name).not.toEqual(people[40]?.name);
    expect(personAt({ ...options, seed: 2 }, castIndex('alice')).name).toEqual(member('alice').name);
  });

  it('past the end of the test range have no number', () => {
    expect(personAt({ seed: 1, citizens: 2_000_000 }, 1_999_000).nhsNumber).toBeUndefined();
  });
});

describe('the cast', () => {
  it('holds twins: one family name, birthday and address, two given names and numbers', () => {
    const [a, b] = [member('firstTwin'), member('secondTwin')];
    expect([a.name.family, a.birthDate, a.address]).toEqual([b.name.family, b.birthDate, b.address]);
    expect(a.name.given).not.toBe(b.name.given);
    expect(a.nhsNumber).not.toBe(b.nhsNumber);
  });

  it('holds one who moved: the hospital tells of both addresses, in order', () => {
    const moved = member('movedHouse');
    const messages = messagesOf(moved);
    expect(messages.indexOf('15 OLD KILN WALK')).toBeGreaterThan(0);
    expect(messages.lastIndexOf('88 TEASEL DRIVE')).toBeGreaterThan(messages.lastIndexOf('15 OLD KILN WALK'));
  });

  it('holds one who objected, with an A31 that says so and no council record', () => {
    const person = member('objected');
    expect(person.known.bcc).toBeUndefined();
    const messages = adtMessages(options.seed, person).map((message) => message.text).filter((text) => text.includes('ZU8||2'));
    expect(messages).toHaveLength(1);
    expect(messages[0]).toContain('ADT^A31^ADT_A05');
  });

  it('holds one on a mental-health ward under a section of the Mental Health Act', () => {
    expect(member('restrictedStay').mentalHealth.inpatient.map((stay) => stay.legalStatus)).toEqual(['S3']);
    const others = people.filter((person) => person.index !== castIndex('restrictedStay')).flatMap((person) => person.mentalHealth.inpatient);
    expect(others.filter((stay) => stay.legalStatus !== 'INF')).toEqual([]);
  });

  it('holds one who died, told by an A31', () => {
    const last = adtMessages(options.seed, member('died')).at(-1)?.text.split('\r') ?? [];
    const pid = last.find((line) => line.startsWith('PID'))?.split('|') ?? [];
    expect(last[0]).toContain('ADT^A31');
    expect([pid[29], pid[30]]).toEqual(['20260525', 'Y']);
  });

  it('holds one whose location is hidden', () => {
    expect(messagesOf(member('hiddenLocation'))).toContain('ZU8||||2');
  });

  it('holds a carer, who looks after Alice', () => {
    const { council, known } = member('carer');
    expect(council).toMatchObject({ role: 'carer', caresFor: [member('alice').known.bcc] });
    expect(Object.keys(known)).toEqual(['bcc']);
  });
});

describe('the two stories', () => {
  it.each<[CastName, string, DemoPartner[]]>([['abdul', '9990000379', ['uhb', 'bchc', 'bcc']], ['alice', '9990000743', ['uhb', 'bchc', 'bsmhft', 'bcc']]])(
    '%s has number %s and is known to %p, whatever the seed', (name, number, partners) => {
      for (const seed of [1, 99]) {
        const person = personAt({ seed, citizens: 120 }, castIndex(name));
        expect(person.nhsNumber).toBe(number);
        expect(Object.keys(person.known)).toEqual(partners);
      }
    });

  it('Abdul: front door, home the same day, community team, reablement that still runs', () => {
    const { hospital, community, council } = member('abdul');
    expect(hospital).toMatchObject([{ admitted: '2026-06-09T09:40', bed: { pointOfCare: 'OPAL' }, fit: '2026-06-09T14:30', discharged: { at: '2026-06-09T17:05', destination: '19' } }]);
    expect(community.referrals).toMatchObject([{ team: 'EICT-E', received: '2026-06-09T15:05', accepted: '2026-06-09T15:50' }]);
    expect(council.events.map((event) => [event.type, event.start, event.end])).toEqual([
      ['Request', '2026-06-10', '2026-06-10'], ['Assessment', '2026-06-11', '2026-06-11'], ['Service', '2026-06-12', undefined],
    ]);
    expect(council.events.at(-1)?.service).toMatchObject({ type: 'Short Term Support: ST-Max', unitsPerWeek: '10.5', costFrequency: 'Hourly' });
  });

  it('Alice: ward, fit four days before she leaves, intermediate-care bed, home with a package, a short psychiatry referral', () => {
    const { hospital, community, mentalHealth, council } = member('alice');
    expect(hospital).toMatchObject([{ admitted: '2026-04-27T14:10', fit: '2026-05-07T09:00', discharged: { at: '2026-05-11T14:20', destination: '51' } }]);
    expect(community.inpatient).toMatchObject([{ ward: 'MHH1', admitted: '2026-05-11T16:00', discharged: { at: '2026-06-04T11:00' } }]);
    expect(community.referrals.map((referral) => [referral.team, referral.discharged?.at])).toEqual([['P2BED', '2026-06-04T11:00'], ['EICT-S', undefined]]);
    expect(mentalHealth.referrals).toMatchObject([{ received: '2026-05-18T11:40', discharged: { at: '2026-06-22T14:30' } }]);
    expect(council.events.at(-1)).toMatchObject({ type: 'Service', start: '2026-06-04', service: { component: 'Home Support', unitCost: '22.40', unitsPerWeek: '14' } });
  });
});
