/** Requests under the Privacy Act: whose, what for, how far, by when. */
import { Button } from '@mantine/core';
import { useState } from 'react';
import { ListPage } from '../../kit/list/list-page.tsx';
import { useMay } from '../../shell/use-session.ts';
import { privacyList } from './privacy-list.tsx';
import { ReceiveDialog } from './receive-dialog.tsx';
import { words } from './words.ts';

const Tools = () => {
  const [open, setOpen] = useState(false);
  const mayWrite = useMay('privacy:write');
  return (
    <>
      <Button component="a" href="/disclosures" variant="default">
        Accounting of disclosures
      </Button>
      {mayWrite ? <Button onClick={() => setOpen(true)}>Receive a request…</Button> : null}
      {open ? <ReceiveDialog onClose={() => setOpen(false)} /> : null}
    </>
  );
};

export const PrivacyPage = () => <ListPage spec={privacyList} title={words.title} tools={<Tools />} />;
