import { Link } from '@tanstack/react-router';
import { At } from '../../kit/marks/when.tsx';
import { useSession } from '../../shell/use-session.ts';

/** AC-9: when and from where one was here before this session, and what failed between. */
export const LastSignIn = () => {
  const { session } = useSession();
  if (!session) return null;
  const { lastSignIn, failuresSince, factorsReset, fewCodesLeft } = session;
  return (
    <>
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
      {factorsReset === null ? null : (
        <p className="attention">
          {factorsReset.by} took your second factors away, <At at={factorsReset.at} />. If you did not ask for
          it, tell your security officer.
        </p>
      )}
      {fewCodesLeft === null ? null : (
        <p className="attention">
          You have{' '}
          {fewCodesLeft === 0
            ? 'no recovery code'
            : `${fewCodesLeft} recovery ${fewCodesLeft === 1 ? 'code' : 'codes'}`}{' '}
          left.{' '}
          <Link to="/your-sign-in" search={{}}>
            Make new ones
          </Link>
        </p>
      )}
    </>
  );
};
