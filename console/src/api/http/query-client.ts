import { QueryCache, QueryClient } from '@tanstack/react-query';
import { problemOf } from './problem.ts';

type SignedOut = () => void;
let signedOut: SignedOut = () => undefined;
/** What happens when the server says that the session is over. */
export const onSignedOut = (run: SignedOut): void => {
  signedOut = run;
};

/** The server says 401 to whatever is asked once the session is over. */
function noticeEnd(error: unknown): void {
  if (problemOf(error).status === 401) signedOut();
}

export const queryClient = new QueryClient({
  queryCache: new QueryCache({ onError: noticeEnd }),
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      gcTime: 300_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) => problemOf(error).retryable && failures < 3,
      retryDelay: (failures, error) =>
        (problemOf(error).retryAfterSeconds ?? Math.min(2 ** failures, 10)) * 1000,
      throwOnError: false,
    },
    mutations: { onError: noticeEnd },
  },
});
