import { Link } from '@tanstack/react-router';
import { ListPage } from '../../kit/list/list-page.tsx';
import { operationList } from './operation-list.tsx';
import { JobStrip, RunNow } from './run-now.tsx';
import { words } from './words.ts';

export const SyncPage = () => (
  <ListPage
    spec={operationList}
    title={words.title}
    tools={
      <>
        <Link to="/sync/outbox">Outbox</Link> <RunNow />
      </>
    }
    strip={() => <JobStrip />}
  />
);
