/** What the business says of the machine, here and as last agreed with each server; edited in place. */
import { useQuery } from '@tanstack/react-query';
import { assetContextQuery, type AssetContext, editAssetContext } from '../../api/assets.ts';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { useMay } from '../../shell/use-session.ts';
import { CollisionPanel } from '../poams/collision-panel.tsx';
import { FieldsTable } from '../poams/fields-table.tsx';
import { useEdit } from '../poams/use-edit.ts';
import styles from './asset.module.css';

const Fields = ({ assetUuid, of }: { readonly assetUuid: string; readonly of: AssetContext }) => {
  const mayWrite = useMay('asset:write');
  const { save, collision, dropCollision } = useEdit({
    queryKey: assetContextQuery(assetUuid).queryKey,
    also: [
      ['assets', assetUuid],
      ['list', 'assets'],
    ],
    save: (edit, etag) => editAssetContext(assetUuid, edit, etag),
  });
  return (
    <>
      {mayWrite && !of.mayEdit ? (
        <p className={styles['note']}>It is edited in its main system, which is none of yours.</p>
      ) : null}
      {collision ? (
        <CollisionPanel
          of={collision}
          onKeepMine={() => void save(collision.field, collision.mine)}
          onDrop={dropCollision}
        />
      ) : null}
      <FieldsTable fields={of.fields} onSave={of.mayEdit ? save : undefined} />
    </>
  );
};

export const BusinessTab = ({ assetUuid }: { readonly assetUuid: string }) => (
  <Loaded query={useQuery(assetContextQuery(assetUuid))}>
    {({ value }) => <Fields assetUuid={assetUuid} of={value} />}
  </Loaded>
);
