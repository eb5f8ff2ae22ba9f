import IconMaximize from '@tabler/icons-react/dist/esm/icons/IconArrowsMaximize.mjs';
import IconX from '@tabler/icons-react/dist/esm/icons/IconX.mjs';
import { ActionIcon } from '@mantine/core';
import { useRouter } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import { useKeys } from '../keys.ts';
import styles from './detail.module.css';

/** A record beside its list. It is an address of its own, so that reload, sharing and Back work; j and k walk the list. */
export const Drawer = ({
  title,
  list,
  wide = false,
  children,
}: {
  readonly title: string;
  /** The address of the list. */
  readonly list: string;
  /** For what has columns of its own. */
  readonly wide?: boolean;
  readonly children: ReactNode;
}) => {
  const router = useRouter();
  const close = (): void =>
    void router.navigate({
      to: list,
      search: (before) => ({ ...before, from: undefined }),
      resetScroll: false,
    });
  const enlarge = (): void => void router.navigate({ to: '.', search: {} });
  useKeys('Beside the list', [{ press: 'Escape', does: 'Close what is open', run: close }]);
  return (
    <aside className={styles['drawer']} data-wide={wide} aria-label={title} data-region tabIndex={-1}>
      <div className={styles['drawerBar']}>
        <span className="quiet">{title}</span>
        <ActionIcon aria-label="Open as a page" onClick={enlarge}>
          <IconMaximize size={15} />
        </ActionIcon>
        <ActionIcon aria-label="Close" onClick={close}>
          <IconX size={16} />
        </ActionIcon>
      </div>
      {children}
    </aside>
  );
};
