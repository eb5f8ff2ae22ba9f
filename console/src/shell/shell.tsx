/** The frame of every signed-in page: marking, header, sidebar, page; and what runs beside the page: events, idle end, keys. */
import { Outlet, useRouter } from '@tanstack/react-router';
import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useRef, useState } from 'react';
import { listen } from '../api/events.ts';
import { useKeys } from '../kit/keys.ts';
import { parseSearch } from '../kit/search.ts';
import { areasOf } from './areas.ts';
import { ClassificationBar } from './classification-bar.tsx';
import { Header } from './header.tsx';
import { IdleWatch } from './idle-watch.tsx';
import { usePlainLinks } from './plain-links.ts';
import { nextRegion } from './regions.ts';
import styles from './shell.module.css';
import { Sidebar } from './sidebar.tsx';
import { useSession } from './use-session.ts';

const Palette = lazy(() => import('./palette.tsx').then((module) => ({ default: module.Palette })));
const KeysPage = lazy(() => import('./keys-page.tsx').then((module) => ({ default: module.KeysPage })));

/** Tells screen readers of a new page and puts the focus on its title; a drawer leaves the focus in its list. */
function useRouteChange(): string {
  const router = useRouter();
  const [announced, setAnnounced] = useState('');
  const first = useRef(true);
  useEffect(
    () =>
      router.subscribe('onRendered', ({ pathChanged, toLocation, fromLocation }) => {
        if (!pathChanged && !first.current) return;
        const initial = first.current;
        first.current = false;
        const drawer = [toLocation, fromLocation].some(
          (place) => parseSearch(place?.searchStr ?? '')['from'] === 'list',
        );
        setAnnounced(document.title);
        if (!initial && !drawer) document.querySelector<HTMLElement>('main h1')?.focus();
      }),
    [router],
  );
  return announced;
}

function useShellKeys(openPalette: () => void, openKeys: () => void): void {
  const router = useRouter();
  const { permissions } = useSession();
  useKeys('Everywhere', [
    {
      press: '$mod+k',
      does: 'Search or jump',
      run: (event) => (event.preventDefault(), openPalette()),
      inFields: true,
    },
    { press: 'Shift+?', does: 'Keys of this page', run: openKeys },
    { press: 'F6', does: 'Next part of the page', run: (event) => nextRegion(event, 1), inFields: true },
    { press: 'Shift+F6', does: 'Part before', run: (event) => nextRegion(event, -1), inFields: true },
    ...areasOf(permissions).flatMap(({ press, title, to }) =>
      press === undefined ? [] : [{ press, does: `Go to ${title}`, run: () => void router.navigate({ to }) }],
    ),
  ]);
}

export const Shell = () => {
  const session = useSession();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState<'palette' | 'keys'>();
  const announced = useRouteChange();
  usePlainLinks();
  useShellKeys(
    () => setOpen('palette'),
    () => setOpen('keys'),
  );
  useEffect(() => listen(queryClient), [queryClient]);
  const close = () => setOpen(undefined);
  return (
    <div className={styles['frame']}>
      <a className={styles['skip']} href="#main">
        Skip to the page
      </a>
      <div>
        <ClassificationBar of={session.classification} />
      </div>
      <Header onSearch={() => setOpen('palette')} onKeys={() => setOpen('keys')} />
      <div className={styles['body']}>
        <Sidebar />
        <main id="main" className={styles['main']} tabIndex={-1} data-region>
          <Suspense>
            <Outlet />
          </Suspense>
        </main>
      </div>
      <div>
        <ClassificationBar of={session.classification} />
      </div>
      <div className="hidden-text" role="status">
        {announced}
      </div>
      <IdleWatch />
      <Suspense>
        {open === 'palette' ? <Palette onClose={close} /> : null}
        {open === 'keys' ? <KeysPage onClose={close} /> : null}
      </Suspense>
    </div>
  );
};
