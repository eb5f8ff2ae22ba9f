import { ListWithDetail } from '../../kit/detail/list-with-detail.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { useMay } from '../../shell/use-session.ts';
import { BringFiles } from './bring-files.tsx';
import { importList } from './import-list.tsx';
import { UnderWay } from './under-way.tsx';
import { WatchedFolders } from './watched-folders.tsx';
import { words } from './words.ts';

export const ImportsPage = () => {
  const may = useMay('import:write');
  return (
    <ListWithDetail param="importId">
      {(open, drawer) => (
        <ListPage
          spec={importList}
          title={words.title}
          openKey={open}
          drawer={drawer}
          strip={() => (
            <>
              {may ? <BringFiles /> : null}
              <UnderWay />
              <WatchedFolders />
            </>
          )}
        />
      )}
    </ListWithDetail>
  );
};
