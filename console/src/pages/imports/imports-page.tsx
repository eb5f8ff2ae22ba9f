import { ListWithDetail } from '../../kit/detail/list-with-detail.tsx';
import { ListPage } from '../../kit/list/list-page.tsx';
import { useMay } from '../../shell/use-session.ts';
import detail from '../../kit/detail/detail.module.css';
import { PageTitle } from '../../kit/page-title.tsx';
import { BringFiles, BringPoamFiles } from './bring-files.tsx';
import { importList } from './import-list.tsx';
import { PoamFiles } from './poam-files.tsx';
import { UnderWay } from './under-way.tsx';
import { WatchedFolders } from './watched-folders.tsx';
import { words } from './words.ts';

/** For who may import POA&Ms of their own boundaries, and see no scan files. */
const PoamFilesPage = () => (
  <div className={detail['page']}>
    <PageTitle title={words.title} />
    <BringPoamFiles />
    <PoamFiles />
  </div>
);

export const ImportsPage = () => (useMay('import:read') ? <AllImports /> : <PoamFilesPage />);

const AllImports = () => {
  const mayChangePoams = useMay('poam:write');
  const may = useMay('import:write');
  const seesPoams = useMay('poam:read');
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
              {may ? <BringFiles /> : mayChangePoams ? <BringPoamFiles /> : null}
              <UnderWay />
              {seesPoams ? <PoamFiles /> : null}
              <WatchedFolders />
            </>
          )}
        />
      )}
    </ListWithDetail>
  );
};
