import { useRouter } from '@tanstack/react-router';
import { useEffect } from 'react';
import { parseSearch } from '../kit/search.ts';

function address(event: MouseEvent): URL | undefined {
  if (event.defaultPrevented || event.button !== 0) return undefined;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return undefined;
  const anchor = event.target instanceof Element ? event.target.closest('a') : null;
  const isPlain =
    anchor && anchor.target === '' && !anchor.hasAttribute('download') && anchor.hasAttribute('href');
  if (!isPlain || anchor.getAttribute('href')?.startsWith('#')) return undefined;
  const url = new URL(anchor.href);
  return url.origin === location.origin && !url.pathname.startsWith('/api/') ? url : undefined;
}

/** Plain anchors go through the router; with a modifier key the browser opens them as it always does. */
export function usePlainLinks(): void {
  const router = useRouter();
  useEffect(() => {
    const follow = (event: MouseEvent): void => {
      const url = address(event);
      if (!url) return;
      event.preventDefault();
      void router.navigate({ to: url.pathname, search: parseSearch(url.search) });
    };
    document.addEventListener('click', follow);
    return () => document.removeEventListener('click', follow);
  }, [router]);
}
