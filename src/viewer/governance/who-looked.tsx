import { Loading } from '../ui/loading.tsx';

export function WhoLooked() {
  return <Loading />;
}
