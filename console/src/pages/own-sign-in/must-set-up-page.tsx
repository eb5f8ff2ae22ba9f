/** Before anything else, for an account that must have a second factor and has none. */
import { Button } from '@mantine/core';
import { useRouter, useSearch } from '@tanstack/react-router';
import { useEffect } from 'react';
import { useSignOut } from '../../shell/user-menu.tsx';
import { useSession } from '../../shell/use-session.ts';
import { Frame } from '../sign-in/frame.tsx';
import { ownPath } from '../sign-in/own-path.ts';
import { OwnFactors } from './own-factors.tsx';

export const MustSetUpPage = () => {
  const { session } = useSession();
  const { next } = useSearch({ strict: false });
  const router = useRouter();
  const leave = useSignOut();
  const isDone = session?.mustSetUpFactor !== true;
  useEffect(() => {
    if (isDone) router.history.push(ownPath(next));
  }, [isDone, next, router]);
  return (
    <Frame title="Set up a second factor" wide>
      <p>
        You may approve or administer here, so a password alone is not enough. Set up one of these now; from
        then on you are asked for it when you sign in.
      </p>
      <OwnFactors />
      <Button variant="subtle" onClick={leave}>
        Sign out
      </Button>
    </Frame>
  );
};
