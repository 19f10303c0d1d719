import { Loading } from '../ui/loading.tsx';

export function FindPerson() {
  return <Loading />;
}
