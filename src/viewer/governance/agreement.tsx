import { Loading } from '../ui/loading.tsx';

export function Agreement() {
  return <Loading />;
}
