/**
 * The server ends a session that nobody uses. This reports activity at most once a minute, and warns a minute before the end. Tabs share the
 * time of the last activity, so that work in one keeps the others.
 */
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { lastRequestAt } from '../api/http/client.ts';
import { bootstrapQuery, keepSession } from '../api/access/session.ts';
import { useSession } from './use-session.ts';
import { useSignOut } from './user-menu.tsx';

const IdleDialog = lazy(() => import('./idle-dialog.tsx').then((module) => ({ default: module.IdleDialog })));
const warnSeconds = 60;
const sharedKey = 'tieline-active-at';
const seenSigns = ['pointerdown', 'keydown', 'wheel'] as const;

const sharedActivity = (): number => {
  try {
    return Number(localStorage.getItem(sharedKey) ?? 0);
  } catch {
    return 0;
  }
};

/** Seconds until the session ends, by our clock; the server's decides. */
function useSecondsLeft(report: () => void): number {
  const { session } = useSession();
  const [left, setLeft] = useState(Infinity);
  useEffect(() => {
    let active = false;
    const notice = (): void => {
      active = true;
    };
    for (const sign of seenSigns) window.addEventListener(sign, notice, { passive: true });
    const timer = setInterval(() => {
      const now = Date.now();
      const reported = Math.max(lastRequestAt(), sharedActivity());
      if (!session) return;
      const idleEnd = reported + session.idleMinutes * 60_000;
      const end = Math.min(idleEnd, new Date(session.endsAt).getTime());
      const seconds = Math.max(0, Math.round((end - now) / 1000));
      // Once it is warned of, only [Stay] keeps the session: a hand that brushes the mouse does not.
      if (active && seconds > warnSeconds && now - reported > 60_000) report();
      active = false;
      setLeft(seconds);
    }, 1000);
    return () => {
      clearInterval(timer);
      for (const sign of seenSigns) window.removeEventListener(sign, notice);
    };
  }, [session, report]);
  return left;
}

export const IdleWatch = () => {
  const queryClient = useQueryClient();
  const leave = useSignOut();
  const [report] = useState(() => () => {
    try {
      localStorage.setItem(sharedKey, String(Date.now()));
    } catch {
      // each tab then counts for itself
    }
    keepSession().catch(() => queryClient.invalidateQueries({ queryKey: bootstrapQuery.queryKey }));
  });
  const left = useSecondsLeft(report);
  const near = left <= warnSeconds;
  useEffect(() => {
    if (left === 0) void queryClient.invalidateQueries({ queryKey: bootstrapQuery.queryKey });
  }, [left, queryClient]);
  return near ? (
    <Suspense>
      <IdleDialog left={left} onStay={report} onLeave={leave} />
    </Suspense>
  ) : null;
};
