import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { createElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { ApiProblem } from '../../../src/viewer/api/api-problem.ts';
import { useSendOnce } from '../../../src/viewer/referral/use-send-once.ts';
import { useDraft } from '../../../src/viewer/ui/use-draft.ts';

const queries = new QueryClient();
beforeEach(() => { queries.clear(); });

/** The form as it stands when somebody comes to it; what they do in it is there when they come again. */
function opened({ begin = '', answer = () => Promise.resolve(true) }: { begin?: string; answer?: (number: string) => Promise<boolean> } = {}) {
  const use = () => {
    const draft = useDraft([citizen, 'refer'], () => ({ to: '', reason: begin }));
    const once = useSendOnce<{ reason: string }>([citizen, 'refer'], (_, number) => answer(number));
    return { ...draft, ...once };
  };
  const seen: ReturnType<typeof use>[] = [];
  const Form = () => {
    seen.push(use());
    return null;
  };
  renderToStaticMarkup(createElement(QueryClientProvider, { client: queries }, createElement(Form)));
  return seen[0]!;
}
const citizen = 'a1';
const send = async (reason: string, answer: (number: string) => Promise<boolean>): Promise<void> => {
  const form = opened({ answer });
  form.set({ reason });
  form.send({ reason }, form.forget);
  await new Promise(setImmediate);
};
const lost = () => Promise.reject(new ApiProblem(0, undefined));
const refused = () => Promise.reject(new ApiProblem(422, undefined));
const stoodBefore = () => Promise.resolve(false);
const told = () => {
  const { wasKept, mayStand, stands, typed } = opened();
  return { wasKept, mayStand, stands, reason: typed.reason };
};

test('only what was changed is kept: what a form begins with is read anew', () => {
  opened({ begin: 'Hip' }).set({ to: 'eict' });
  expect(opened({ begin: 'Pneumonia' })).toMatchObject({ wasKept: true, typed: { to: 'eict', reason: 'Pneumonia' } });
  opened().set({ reason: 'Stairs' });
  expect(opened({ begin: 'Pneumonia' }).typed).toEqual({ to: 'eict', reason: 'Stairs' });
});

test('of what was sent nothing stays', async () => {
  await send('A', () => Promise.resolve(true));
  expect(told()).toEqual({ wasKept: false, mayStand: false, stands: false, reason: '' });
});

test('who comes back after a lost answer is told that it may have been sent, and sends the same one again', async () => {
  const numbers: string[] = [];
  await send('A', (number) => { numbers.push(number); return lost(); });
  expect(told()).toEqual({ wasKept: true, mayStand: true, stands: false, reason: 'A' });
  await send('A', (number) => { numbers.push(number); return stoodBefore(); });
  expect([new Set(numbers).size, numbers.length]).toEqual([1, 2]);
  expect(told()).toMatchObject({ wasKept: false, mayStand: false, stands: false }); // all that was tried was this text
});

test.each([['another text than first', ['A', 'B']], ['the text that was tried last', ['A', 'B', 'B']], ['the text that was tried first', ['A', 'B', 'A']]])('of several texts nobody says which stands: %s', async (_, texts) => {
  for (const text of texts.slice(0, -1)) await send(text, lost);
  await send(texts.at(-1)!, stoodBefore);
  expect(told()).toEqual({ wasKept: true, mayStand: false, stands: true, reason: texts.at(-1)! }); // and whoever comes back reads it again
});

test('what is sent after that is another one', async () => {
  const numbers: string[] = [];
  for (const [text, answer] of [['A', lost], ['B', stoodBefore], ['B', lost]] as const) await send(text, (number) => { numbers.push(number); return answer(); });
  expect(numbers[1]).toBe(numbers[0]);
  expect(numbers[2]).not.toBe(numbers[0]);
  expect(told()).toMatchObject({ mayStand: true, stands: true });
});

test('what the gateway refused is not told as sent; what was lost before it is', async () => {
  await send('A', refused);
  expect(told()).toMatchObject({ wasKept: true, mayStand: false });
  await send('B', stoodBefore);
  expect(told()).toMatchObject({ wasKept: false, stands: false });
  await send('A', lost);
  await send('A', refused);
  expect(told()).toMatchObject({ mayStand: true });
});

test.each([['sent', true], ['stood', false]])('what comes after the session ended (%s) brings nothing back, and touches nothing of whoever came next', async (_, made) => {
  for (const next of ['', 'Of somebody else']) {
    const { promise, resolve } = Promise.withResolvers<boolean>();
    for (const text of ['A', 'B']) await send(text, text === 'A' ? lost : () => promise);
    queries.clear();
    if (next !== '') await send(next, lost);
    resolve(made);
    await new Promise(setImmediate);
    expect(told()).toEqual({ wasKept: next !== '', mayStand: next !== '', stands: false, reason: next });
  }
});
