import { feedOf, inputOf, message, type MessageFacts, problemsOf, read, split } from './adt.ts';

describe('an HL7 message is read', () => {
  it('into the person and the visit it speaks about, ordered by when it happened', () => {
    const input = inputOf(message({ at: '20240711142000' }));
    expect(input).toMatchObject({
      event: 'A01',
      eventAt: '2024-07-11T13:20:00Z',
      foldKeys: ['person/H1234567', 'visit/H1234567/V778812'],
      record: {
        person: { key: 'H1234567', PID: { f7: [{ c1: '19380211' }], f3: [{ c1: '9990000743', c4: 'NHS' }, { c1: 'H1234567', c4: 'RRK' }] } },
        visit: { number: 'V778812', journal: { event: 'A01', status: 'in-progress', place: { f3: [{ c2: 'W12' }] } }, PV1: { f3: [{ c1: 'RRK', c2: 'W12', c3: 'B4', c4: 'RRK15' }] } },
      },
    });
  });

  it('with its own delimiters, escapes, repetitions and sub-components', () => {
    const text = message({ pid: { 5: 'O\\T\\HARA^A\\S\\B~SECOND', 11: '1 HIGH ST&FLAT 2^^B\\X27\\HAM', 12: 'MARKS & SON', 13: 'a\\.br\\b\\E\\c\\F\\d\\R\\e\\H\\!\\N\\ \\Zzz\\' } });
    const pid = inputOf(text).record['person'];
    expect(pid).toMatchObject({
      PID: {
        f5: [{ c1: 'O&HARA', c2: 'A^B' }, { c1: 'SECOND' }],
        f12: [{ c1: 'MARKS & SON' }],
        f11: [{ c1: { s1: '1 HIGH ST', s2: 'FLAT 2' }, c3: "B'HAM" }],
        f13: [{ c1: 'a\nb\\c|d~e! \\Zzz\\' }],
      },
    });
    const other = message().replaceAll('^', '!').replaceAll('~', '*').replace('|!*\\&|', '|!*\\&|');
    expect(inputOf(other).record).toEqual(inputOf(message()).record);
  });

  it.each([
    ['the sender\'s own id, wherever it stands', '9990000743^^^NHS~X9^^^OTHER~H7^^^RRK', 'H7'],
    ['the first local id when none is the sender\'s', '9990000743^^^NHS~X9^^^OTHER', 'X9'],
    ['the NHS number when there is no local id', '9990000743^^^NHS', '9990000743'],
    ['an id without authority as local', '0000255355^^^^NHS~77', '77'],
  ])('under %s', (_, pid3, key) => {
    expect(split(message({ pid: { 3: pid3 } })).rows[0]?.personKey).toBe(key);
  });

  it.each([['LF', '\n'], ['CRLF', '\r\n'], ['CR', '\r']])('whichever way segments end: %s', (_, end) => {
    const many = (message({ id: 'M1' }) + message({ id: 'M2' })).replaceAll('\r', end);
    expect(split(many).rows.map(({ row, line, messageId }) => [row, line, messageId])).toEqual([[1, 1, 'M1'], [2, 5, 'M2']]);
    expect(read(many)).toHaveProperty('input');
  });

  it('out of a batch, whose headers and trailers are no part of it', () => {
    const batch = `FHS|^~\\&|PAS\rBHS|^~\\&|PAS\r${message({ id: 'M1' })}${message({ id: 'M2' })}BTS|2\rFTS|1\r`;
    expect(split(batch)).toMatchObject({ problems: [], rows: [{ messageId: 'M1', line: 3 }, { messageId: 'M2', line: 7 }] });
    expect(split(batch).rows[1]?.content).toBe(split(message({ id: 'M2' })).rows[0]?.content);
    expect(inputOf(batch).warnings).toEqual([]);
  });

  it.each([
    ['without its end', (text: string) => `BHS|^~\\&|PAS\r${text}`],
    ['that counts more messages than it holds', (text: string) => `BHS|^~\\&|PAS\r${text}BTS|2\r`],
  ])('out of a batch %s, with a warning', (_, batch) => {
    const { rows, problems } = split(batch(message()));
    expect(rows).toHaveLength(1);
    expect(problems).toMatchObject([{ code: 'batch-incomplete', severity: 'warning' }]);
  });

  it('the same whatever follows it', () => {
    const alone = split(message()).rows[0]?.content;
    for (const text of [`\u000b${message()}\u001c\r`, `${message()}\r\r`, message() + message({ id: 'M2' })]) expect(split(text).rows[0]?.content).toBe(alone);
  });

  it('under an id of its sender, where a feed speaks for several', () => {
    const feed = { ...feedOf('uhb-adt').feed, senders: ['RRK', 'RRJ'] };
    expect(split(message() + message({ msh: { 3: 'RRJ' } }), feed).rows.map(({ messageId }) => messageId)).toEqual(['RRK/M1', 'RRJ/M1']);
  });

  it('with a fifth mark in MSH-2, which separates nothing', () => {
    expect(inputOf(message({ pid: { 12: 'A#B' } }).replace('|^~\\&|', '|^~\\&#|')).record).toMatchObject({ person: { PID: { f12: [{ c1: 'A#B' }] } } });
  });

  it('with the sender\'s own segments beside it: nothing is taken from them, and that is told', () => {
    const input = inputOf(message({ more: ['ZZ9|1|A^B', 'ZZ9|2|C', 'OBX|1|NM|X||171'] }));
    expect(input.record['other']).toEqual({ ZZ9: [{ f1: [{ c1: '1' }], f2: [{ c1: 'A', c2: 'B' }] }, { f1: [{ c1: '2' }], f2: [{ c1: 'C' }] }], OBX: [{ f1: [{ c1: '1' }], f2: [{ c1: 'NM' }], f3: [{ c1: 'X' }], f5: [{ c1: '171' }] }] });
    expect(input.warnings).toMatchObject([{ code: 'segment-unmapped', severity: 'warning', at: { field: 'ZZ9', line: 5 } }]);
  });

  it.each([['a date of birth', { pid: { 7: '19000101' } }, 'PID-7'], ['a discharge', { pv1: { 45: '99991231000000' } }, 'PV1-45']])('as if it did not say %s that stands for nothing', (_, facts, field) => {
    const input = inputOf(message(facts));
    expect(input.warnings).toMatchObject([{ code: 'date-placeholder', severity: 'warning', at: { field } }]);
    expect(JSON.stringify(input.record)).not.toMatch(/19000101|99991231/);
  });

  it('at the time a cancellation was said, naming when that happened which it takes back', () => {
    const input = inputOf(message({ event: 'A12', at: '20240303120000', of: '20240302100000' }));
    expect(input).toMatchObject({ eventAt: '2024-03-03T12:00:00Z', record: { visit: { journal: { event: 'A12', undoes: ['A02'], of: '2024-03-02T10:00:00Z' } } } });
    expect(inputOf(message({ event: 'A13', at: '20240303120000', of: '20240304100000' })).eventAt).toBe('2024-03-04T10:00:00Z');
    expect(inputOf(message({ event: 'A25', at: '20240303120000', of: '20240302100000' })).eventAt).toBe('2024-03-03T12:00:00Z');
  });

  it('out of its MLLP frame and after a byte-order mark', () => {
    expect(split(`\u000b${message()}\u001c\r`).rows).toHaveLength(1);
    expect(split(`\uFEFF${message()}`).rows).toHaveLength(1);
  });

  it('with a warning when its last segment is not ended', () => {
    expect(inputOf(message().slice(0, -1)).warnings).toMatchObject([{ code: 'segment-not-ended', severity: 'warning', at: { field: 'PV1', line: 4 } }]);
    expect(inputOf(message()).warnings).toEqual([]);
  });

  it.each([
    ['EVN-6 in summer time', '20240711142000', '2024-07-11T13:20:00Z'],
    ['the hour that comes twice as its first coming', '20241027013000', '2024-10-27T00:30:00Z'],
    ['the last minute before the clocks go forward', '20240331005900', '2024-03-31T00:59:00Z'],
    ['the first minute after', '20240331020000', '2024-03-31T01:00:00Z'],
    ['an offset as written', '20240711142000+0000', '2024-07-11T14:20:00Z'],
    ['a date alone as its midnight', '20240711', '2024-07-10T23:00:00Z'],
  ])('at the instant of %s', (_, at, instant) => {
    expect(inputOf(message({ at })).eventAt).toBe(instant);
  });

  it('without a visit number as a statement about the person alone, and says so', () => {
    const input = inputOf(message({ event: 'A31', pv1: { 19: '' } }));
    expect(input.foldKeys).toEqual(['person/H1234567']);
    expect(input.record).not.toHaveProperty('visit');
    expect(input.warnings).toMatchObject([{ code: 'visit-without-number', severity: 'warning' }]);
  });
});

describe('a bad HL7 message is refused with its place', () => {
  const cases: [string, MessageFacts | string, string, object][] = [
    ['unknown sender', { msh: { 3: 'RYW' } }, 'sender-unknown', { field: 'MSH-4', line: 1 }],
    ['no control id', { msh: { 9: '' } }, 'field-missing', { field: 'MSH-10' }],
    ['another version', { msh: { 11: '3.0' } }, 'version-unknown', { field: 'MSH-12' }],
    ['an event of another feed', { event: 'S12' }, 'message-type-unknown', { field: 'MSH-9' }],
    ['another message type', { msh: { 8: 'ORU^A01' } }, 'message-type-unknown', { field: 'MSH-9' }],
    ['an event named like an object property', { event: 'constructor' }, 'message-type-unknown', { field: 'MSH-9' }],
    ['a merge with nobody', { event: 'A40' }, 'segment-missing', { field: 'MRG' }],
    ['no visit where one is needed', { pv1: null }, 'segment-missing', { field: 'PV1' }],
    ['no visit number', { pv1: { 19: '' } }, 'field-missing', { field: 'PV1-19', line: 4 }],
    ['a cleared visit number', { pv1: { 19: '""' } }, 'field-missing', { field: 'PV1-19' }],
    ['no person id', { pid: { 3: '' } }, 'field-missing', { field: 'PID-3' }],
    ['an authority but no person id', { pid: { 3: '^^^NHS' } }, 'person-id-missing', { field: 'PID-3' }],
    ['an unknown segment', { more: ['QQ9|1'] }, 'segment-unknown', { field: 'QQ9', line: 5 }],
    ['two messages run together', { more: ['PID|1||X^^^RRK||B^C'] }, 'segment-repeated', { field: 'PID', line: 5 }],
    ['a line that is no segment', { more: ['continued text', 'ZU8||1'] }, 'segment-malformed', { line: 5 }],
    ['a message cut inside its last segment', { more: ['Z'] }, 'message-truncated', { line: 5 }],
    ['a message whose MLLP frame never ends', `\u000b${message()}`, 'message-truncated', { line: 1 }],
    ['a birth date that does not exist', { pid: { 7: '19380230' } }, 'date-not-real', { field: 'PID-7', line: 3 }],
    ['a time the clocks skipped', { at: '20240331013000' }, 'date-not-real', { field: 'EVN-2' }],
    ['a time the clocks skipped, anywhere', { pv1: { 44: '202403310159' } }, 'date-not-real', { field: 'PV1-44', line: 4 }],
    ['an hour that does not exist', { pv1: { 44: '202403012510' } }, 'date-not-real', { field: 'PV1-44', line: 4 }],
    ['a date with separators', { pid: { 7: '11/02/1938' } }, 'date-format', { field: 'PID-7' }],
    ['one separator with two meanings', message().replace('|^~\\&|', '|^^\\&|'), 'hl7-delimiters', { field: 'MSH-2', line: 1 }],
    ['no separators', 'MSH PAS RRK', 'hl7-delimiters', { line: 1 }],
    ['something that is not HL7', '{"resourceType":"Patient"}', 'hl7-no-header', { line: 1 }],
    ['too many segments', { more: Array.from({ length: 300 }, (_, index) => `NK1|${index}|A`) }, 'hl7-limit', { line: 1 }],
    ['too many repetitions', { pid: { 13: '~'.repeat(60) } }, 'hl7-limit', { field: 'PID-13' }],
    ['too many components', { pid: { 5: '^'.repeat(40) } }, 'hl7-limit', { field: 'PID-5' }],
    ['too many fields', { more: [`ZU1${'|'.repeat(200)}`] }, 'hl7-limit', { field: 'ZU1' }],
    ['a field that is far too long', { pid: { 5: 'A'.repeat(6000) } }, 'hl7-limit', { field: 'PID-5' }],
  ];
  it.each(cases)('%s', (_, facts, code, at) => {
    const problems = problemsOf(typeof facts === 'string' ? facts : message(facts));
    expect(problems.map((problem) => problem.code)).toContain(code);
    expect(problems.find((problem) => problem.code === code)?.at).toMatchObject(at);
    expect(JSON.stringify(problems)).not.toMatch(/OKAFOR|9990000743|H1234567|1938/);
  });

  it('with a hint when day and month may be swapped', () => {
    expect(problemsOf(message({ pid: { 7: '19382311' } }))[0]?.text).toContain('day and month may be swapped');
  });

  it('with every problem at once', () => {
    expect(problemsOf(message({ pid: { 7: '19380230', 29: '2024130' }, more: ['QQQ|1'] })).map((problem) => problem.code).sort()).toEqual(['date-format', 'date-not-real', 'segment-unknown']);
  });
});

describe('a source record is refused as a whole', () => {
  const { kind, feed } = feedOf('uhb-adt');
  it.each([
    ['Windows-1252 bytes', Buffer.concat([Buffer.from('MSH|^~\\&|PAS\rPID|1||'), Buffer.from([0xe9, 0x20])]), 'encoding', 2],
    ['UTF-16', Buffer.from('\uFEFFMSH|', 'utf16le'), 'encoding', 1],
    ['a NUL', Buffer.from('MSH|^~\\&|\r\nPID|\u0000'), 'nul-character', 2],
    ['nothing', Buffer.alloc(0), 'source-empty', undefined],
    ['a cut character at the end', Buffer.concat([Buffer.from('MSH|'), Buffer.from([0xc3])]), 'encoding', 1],
  ])('%s', (_, bytes, code, line) => {
    const { rows, problems } = split(bytes);
    expect(rows).toEqual([]);
    expect(problems).toMatchObject([{ code, ...(line === undefined ? {} : { at: { line } }) }]);
  });

  it('when it is larger than the kind allows, or has more rows', () => {
    const small = { ...kind, limits: { maxBytes: 10, maxRows: 10 } };
    const few = { ...kind, limits: { maxBytes: 1e6, maxRows: 1 } };
    const body = Buffer.from(message() + message());
    return import('../../src/intake/split-source.ts').then(({ splitSource }) => {
      expect(splitSource(small, feed, '', body).problems).toMatchObject([{ code: 'source-too-large', category: 'too-large' }]);
      expect(splitSource(few, feed, '', body)).toMatchObject({ rows: [], problems: [{ code: 'source-too-many-rows' }] });
      expect(splitSource(kind, feed, 'client', body).problems).toMatchObject([{ code: 'part-unknown' }]);
    });
  });
});
