import { scalarText } from '../../platform/values/index.ts';
import { acceptanceRecord } from '../../canonical/record-fields/index.ts';
import { asJson, columnsOf, excludedSystems, stamped } from './columns.ts';
import { defineEntity } from './define-entity.ts';

export const acceptance = defineEntity({
  name: 'acceptance',
  kind: 'linked',
  title: { one: 'acceptance', many: 'acceptances' },
  readTurn: 20,
  absence: 'mark',
  titleOfChange(rule, pluginTitle) {
    const [plugin, cve] = [rule['plugin_id'], rule['cve_id']];
    const of = typeof plugin === 'string' ? `plugin ${plugin}` : cve;
    return [
      scalarText(rule['kind'] ?? 'rule').replaceAll('_', ' '),
      typeof of === 'string' ? of : undefined,
      typeof plugin === 'string' ? pluginTitle(plugin) : undefined,
    ]
      .filter(Boolean)
      .join(', ');
  },
  record: asJson(acceptanceRecord),
  row: {
    table: 'acceptances',
    key: 'id',
    keyKind: 'number',
    columns: {},
    stamps: ['updated_at'],
    whenConfirmed: {},
    madeHere: 'false',
    shownAs: {
      title: `replace(t.kind, '_', ' ') || coalesce(' of plugin ' || t.plugin_id, '') || coalesce(': ' || t.name, '')`,
      system: 'null',
    },
    ownKey: `t.external_system_id = (r ->> 'external_system_id')::int and t.acceptance_id = r ->> 'acceptance_id'`,
  },
  fields: columnsOf(acceptanceRecord),
  derived: [],
  growing: {},
  sentOnly: [],
  unsaidWhenEmpty: ['expires_at'],
  statusWords: [],
  formerNames: {},
  remoteId: 'acceptance_id',
  ownId: null,
  excludedOwners: excludedSystems,
  begin: (_record, source) => ({ external_system_id: source.systemId, ...stamped() }),
  keepsRaw: true,
  twins: 'none',
  atEnd: { ended: { status: 'withdrawn' }, composed: false },
  awaited: false,
  outbound: { edits: true, orderWith: 'self', splitsByPlace: false },
});
