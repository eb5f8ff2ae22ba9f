import './theme/mantine.css';
import './theme/fonts.css';
import './theme/tokens.css';
import './theme/base.css';
import { MantineProvider } from '@mantine/core';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { setNonce } from 'get-nonce';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Problem } from './api/http/problem.ts';
import { onSignedOut, queryClient } from './api/http/query-client.ts';
import { densityPreference } from './kit/preference.ts';
import { Notices } from './kit/notice.tsx';
import { router } from './router.tsx';
import { colourScheme, theme, variables } from './theme/theme.ts';

/** The server writes it into index.html; Mantine's styles and the scroll lock of dialogs bear it, as the CSP demands. */
const nonce = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]')?.content ?? '';
setNonce(nonce);
document.documentElement.dataset['density'] = densityPreference.get();

onSignedOut(() => {
  const { pathname, href } = router.state.location;
  if (pathname === '/sign-in' || pathname.startsWith('/welcome/')) return;
  queryClient.clear();
  void router.navigate({ to: '/sign-in', search: { next: href, ended: 'yes' }, replace: true });
});

const container = document.getElementById('root');
if (!container) throw new Error('index.html has no #root');
createRoot(container, {
  // An error that the page shows in words is not a fault of the page: the server's refusals end up here too.
  onCaughtError: (error) => {
    if (!(error instanceof Problem)) reportError(error);
  },
}).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      cssVariablesResolver={variables}
      colorSchemeManager={colourScheme}
      defaultColorScheme="auto"
      getStyleNonce={() => nonce}
    >
      <QueryClientProvider client={queryClient}>
        <RouterProvider router={router} />
        <Notices />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
