import './styles/viewer.scss';
import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { BrowserRouter } from 'react-router';
import { App } from './app.tsx';
import { ApiProblem } from './api/api-problem.ts';

/** A look is an entry in the log: nothing is asked again unless somebody wants it. Only an unreachable gateway is tried twice. */
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 60_000, gcTime: 120_000, refetchOnWindowFocus: false, refetchOnReconnect: false, networkMode: 'always', // whether the gateway answers is for it to say
      retry: (failures, error) => failures < 1 && error instanceof ApiProblem && (error.code === 'unreachable' || error.status === 503),
    },
    mutations: { networkMode: 'always' },
  },
});
queries.setQueryDefaults(['draft'], { gcTime: Infinity }); // what is half typed stays until the session ends

document.body.classList.add('js-enabled', 'nhsuk-frontend-supported');
const place = document.getElementById('viewer');
if (place) {
  createRoot(place).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <BrowserRouter basename="/app">
          <App />
        </BrowserRouter>
      </QueryClientProvider>
    </StrictMode>,
  );
}
