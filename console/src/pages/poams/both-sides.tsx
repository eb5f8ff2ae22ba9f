import { editPoam, type PoamDetail, poamKey } from '../../api/poams.ts';
import { useMay } from '../../shell/use-session.ts';
import { CollisionPanel } from './collision-panel.tsx';
import { FieldsTable, Where } from './fields-table.tsx';
import { useEdit } from './use-edit.ts';
import { fieldOrder } from './words.ts';

const placeOf = (field: string): number => {
  const place = fieldOrder.indexOf(field);
  return place < 0 ? fieldOrder.length : place;
};

/** Every field here and there, who decides, who changed it last. */
export const BothSides = ({ detail }: { readonly detail: PoamDetail }) => {
  const mayEdit = useMay('poam:write');
  const { poamId } = detail.poam;
  const { save, collision, dropCollision } = useEdit({
    queryKey: poamKey(poamId),
    also: [['list', 'poams']],
    save: (edit, etag) => editPoam(poamId, edit, etag),
  });
  const fields = detail.fields.toSorted((one, other) => placeOf(one.field) - placeOf(other.field));
  return (
    <>
      <Where of={detail.remotes} />
      {collision ? (
        <CollisionPanel
          of={collision}
          onKeepMine={() => void save(collision.field, collision.mine)}
          onDrop={dropCollision}
        />
      ) : null}
      <FieldsTable fields={fields} record={detail.poam.agreement} onSave={mayEdit ? save : undefined} />
    </>
  );
};
