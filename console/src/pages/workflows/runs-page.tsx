/** Runs of workflows, and which of them need somebody. */
import { ListWithDetail } from '../../kit/detail/list-with-detail.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { runList } from './run-list.tsx';
import { words } from './words.ts';

export const WorkflowRunsPage = () => (
  <ListWithDetail param="runId">
    {(open, drawer) => <ListPage spec={runList} title={words.runs} openKey={open} drawer={drawer} />}
  </ListWithDetail>
);
