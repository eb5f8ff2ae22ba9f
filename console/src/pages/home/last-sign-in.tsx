import { At } from '../../kit/marks/when.tsx';
import { useSession } from '../../shell/use-session.ts';

/** Told after signing in (AC-9): when and from where one was here last, and what failed since. */
export const LastSignIn = () => {
  const { lastSignIn } = useSession();
  if (!lastSignIn) return null;
  const { at, address, failuresSince } = lastSignIn;
  return (
    <p className={failuresSince > 0 ? 'attention' : 'quiet'}>
      {at === null ? (
        'This is your first sign-in.'
      ) : (
        <>
          Your last sign-in: <At at={at} />
          {address === null ? '' : ` from ${address}`}.
        </>
      )}
      {failuresSince > 0
        ? ` Since then ${failuresSince} ${failuresSince === 1 ? 'attempt' : 'attempts'} with your name failed. If it was not you, tell your administrator.`
        : ''}
    </p>
  );
};
