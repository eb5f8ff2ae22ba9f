/** What the business says about an asset, as its page shows it: in any boundary that the asset is in, edited in its main one. */
import { fetchFactsOf } from '../../record/policy-facts/index.ts';
import { everywhere, isWithin, type Scope } from '../../canonical/access/index.ts';
import { policyWords } from '../../canonical/policy/index.ts';
import { comparisonOf } from '../../canonical/vocabulary/index.ts';
import { fetchAssetContext } from '../../record/asset-lists/index.ts';
import { fetchBoundariesOf } from '../../record/entities/index.ts';
import { sameValue } from '../../engine/merge/index.ts';
import type { App } from '../../engine/run/index.ts';
import { unknownRecord } from './edit-record.ts';
import { type FieldThere, type FieldView, listFieldViews } from './field-views.ts';
import { fetchRules, policyOf } from './record-rules.ts';

const entity = 'asset_context';

export interface AssetContextDetail {
  /** For an edit: what was seen. */
  readonly version: string;
  /** Whether the caller may edit it: in the asset's main system. */
  readonly mayEdit: boolean;
  readonly fields: readonly FieldView[];
}

/**
 * @param scope where the actor may see assets. @param editable where they may edit what the business says; undefined: nowhere.
 * @throws RECORD_UNKNOWN where the asset is not there or out of scope.
 */
export async function fetchContextOfAsset(
  app: App,
  scope: Scope,
  editable: Scope | undefined,
  assetUuid: string,
): Promise<AssetContextDetail> {
  const said = await fetchAssetContext(app.db, scope, assetUuid);
  if (!said) throw unknownRecord(entity, assetUuid);
  const { version, fields } = await listFieldViews(app, everywhere, { entity, id: assetUuid });
  const system = (await fetchBoundariesOf(app.db, entity, [assetUuid])).get(assetUuid) ?? null;
  const rules = [...(await fetchRules(app, app.db, entity)).values()];
  const facts = await fetchFactsOf(app.db, entity, assetUuid);
  // What was agreed hangs on links of its own, which are made when edits are first looked for.
  const sidesOf = ({ field, here }: FieldView): FieldThere[] =>
    said.agreed.flatMap(({ source, base }) => {
      const known = rules.find(({ connection }) => connection === source);
      const there = base[field];
      if (known === undefined || there === undefined) return [];
      return [
        {
          connection: source,
          there,
          base: there,
          differs: !sameValue(here, there, comparisonOf(field)),
          conflictId: null,
          policy: policyWords(policyOf({ rules: known, facts }, entity, field), source),
        },
      ];
    });
  return {
    version,
    mayEdit: editable !== undefined && isWithin(editable, system),
    fields: fields.map((field) => (field.sides.length > 0 ? field : { ...field, sides: sidesOf(field) })),
  };
}
