import { ListPage } from '../../kit/list/list-page.tsx';
import { assetList } from './asset-list.tsx';
import { words } from './words.ts';

export const AssetsPage = () => <ListPage spec={assetList} title={words.title} />;
