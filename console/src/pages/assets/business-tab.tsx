/** What the business says of the machine, here and as last agreed with each server; edited in place. */
import { useQuery } from '@tanstack/react-query';
import { assetContextQuery, type AssetContext, editAssetContext } from '../../api/assets.ts';
import { Loaded } from '../../kit/detail/loaded.tsx';
import { useMay } from '../../shell/use-session.ts';
import { CollisionPanel } from '../poams/collision-panel.tsx';
import { FieldRow } from '../poams/field-row.tsx';
import fields from '../poams/poam.module.css';
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
  const there = [...new Set(of.fields.flatMap(({ sides }) => sides.map(({ connection }) => connection)))];
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
      <table className={fields['fields']}>
        <colgroup>
          <col className={fields['name']} />
          <col />
          <col />
          <col className={fields['agreement']} />
          <col className={fields['policy']} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">Field</th>
            <th scope="col">Here</th>
            <th scope="col">There{there.length === 0 ? '' : ` (${there.join(', ')})`}</th>
            <th scope="col">Agreement</th>
            <th scope="col">Who decides</th>
          </tr>
        </thead>
        <tbody>
          {of.fields.map((field) => (
            <FieldRow
              key={field.field}
              field={field}
              record="sending"
              mayEdit={of.mayEdit}
              onSave={(value) => save(field.field, value)}
            />
          ))}
        </tbody>
      </table>
    </>
  );
};

export const BusinessTab = ({ assetUuid }: { readonly assetUuid: string }) => (
  <Loaded query={useQuery(assetContextQuery(assetUuid))}>
    {({ value }) => <Fields assetUuid={assetUuid} of={value} />}
  </Loaded>
);
