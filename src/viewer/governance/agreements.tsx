import { Loading } from '../ui/loading.tsx';

export function Agreements() {
  return <Loading />;
}
