import { Loading } from '../ui/loading.tsx';

export function Entry() {
  return <Loading />;
}
