import { useQuery } from '@tanstack/react-query';
import { signedInQuery } from '../../api/session.ts';
import { At } from '../../kit/marks/when.tsx';

/** Told after signing in (AC-9): when and from where one was here last, and what failed since. */
export const LastSignIn = () => {
  const { data: signedIn } = useQuery(signedInQuery);
  if (!signedIn) return null;
  const { lastSignIn, failuresSince } = signedIn;
  return (
    <p className={failuresSince > 0 ? 'attention' : 'quiet'}>
      {lastSignIn === null ? (
        'This is your first sign-in.'
      ) : (
        <>
          Your last sign-in: <At at={lastSignIn.at} />
          {lastSignIn.address === null ? '' : ` from ${lastSignIn.address}`}.
        </>
      )}
      {failuresSince > 0
        ? ` Since then ${failuresSince} ${failuresSince === 1 ? 'attempt' : 'attempts'} with your name failed. If it was not you, tell your administrator.`
        : ''}
    </p>
  );
};
