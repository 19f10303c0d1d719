import { doActs } from '../../src/demo/do-acts.ts';
import type { DemoAct, NamedAct } from '../../src/demo/first-day.ts';

const act = (path: string, next?: DemoAct['next']): DemoAct => ({ who: 'ward-doctor', path, body: {}, ...(next && { next }) });
const acts: NamedAct[] = [{ name: 'a', first: act('a1', (answer) => act(`a2 after ${String(answer)}`)) }, { name: 'b', first: act('b1') }, { name: 'c', first: act('c1') }];

it('a day that is cut short is gone on with: what is done is not done again, and nothing comes after what is refused', async () => {
  const [done, sent] = [new Set<string>(), [] as string[]];
  const marks = { has: (name: string) => Promise.resolve(done.has(name)), set: (name: string) => { done.add(name); return Promise.resolve(); } };
  let refuses = true;
  const send = ({ path }: DemoAct): Promise<unknown> => {
    sent.push(path);
    return path === 'b1' && refuses ? Promise.reject(new Error('refused')) : Promise.resolve(`${path}!`);
  };
  await expect(doActs(acts, send, marks)).rejects.toThrow('refused');
  expect(sent.splice(0)).toEqual(['a1', 'a2 after a1!', 'b1']);
  refuses = false;
  await doActs(acts, send, marks);
  expect(sent).toEqual(['b1', 'c1']);
});
