import { ListPage } from '../../kit/list/list-page.tsx';
import { approvalList } from './approval-list.tsx';
import { words } from './words.ts';

export const ApprovalsPage = () => <ListPage spec={approvalList} title={words.title} />;
