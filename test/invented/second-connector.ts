/** The connector of another maker's GRC system: boundaries, POA&Ms (it calls them items) and their milestones (steps). */
import type { FieldMapping, Transform } from '../../src/canonical/mapping/mapping.ts';
import type { ConnectorModule } from '../../src/connectors/kit/contract.ts';
import { connectToRecords, tokenSettings, type TokenSettings } from './records-api.ts';

const text: Transform = { kind: 'text' };
const day: Transform = { kind: 'date', external: 'DD/MM/YYYY', internal: 'date' };

const rows =
  (entityType: string) =>
  (
    externalField: string,
    internalField: string,
    transforms: readonly Transform[] = [text],
    direction: FieldMapping['direction'] = 'inbound',
  ): FieldMapping => ({
    entityType,
    externalField,
    internalField,
    direction,
    transforms,
    required: direction === 'inbound',
  });
const system = rows('system');
const poam = rows('poam');
const milestone = rows('milestone');

export const governorConnector: ConnectorModule<TokenSettings> = {
  declaration: {
    systemType: 'governor',
    title: 'Governor',
    settings: tokenSettings,
    secrets: [{ name: 'token', prompt: 'API token', env: 'GOVERNOR_TOKEN' }],
    entities: {
      system: { readAll: true, readChanges: true, create: false, update: false, find: true },
      poam: { readAll: true, readChanges: true, create: true, update: true, find: true },
      milestone: { readAll: true, readChanges: true, create: false, update: true, find: true },
    },
    limits: { requestsPerSecond: 1000, concurrency: 4 },
    mappings: [
      system('id', 'remote_id'),
      system('id', 'system_id'),
      system('title', 'name'),
      system('id', 'uuid', [{ kind: 'uuid', derive: true }]),
      poam('id', 'remote_id'),
      poam('boundary', 'parent_remote_id'),
      poam('key', 'external_uid', [text], 'bidirectional'),
      poam('summary', 'weakness_description', [text], 'bidirectional'),
      poam('due', 'scheduled_completion', [day], 'bidirectional'),
      poam('owner', 'poc', [text], 'bidirectional'),
      poam('notes', 'comments', [text], 'bidirectional'),
      poam(
        'state',
        'status',
        [{ kind: 'values', map: { OPEN: 'Open', WORKING: 'In Progress', DONE: 'Completed' } }],
        'bidirectional',
      ),
      milestone('id', 'milestone_id'),
      milestone('item', 'parent_remote_id'),
      milestone('what', 'milestone_description', [text], 'bidirectional'),
      milestone('due', 'scheduled_completion', [day], 'bidirectional'),
      milestone(
        'state',
        'status',
        [{ kind: 'values', map: { TODO: 'Pending', DONE: 'Completed' } }],
        'bidirectional',
      ),
    ],
  },
  connect: (context) =>
    connectToRecords(context, [
      { entity: 'system', list: 'boundaries' },
      { entity: 'poam', list: 'items', parent: 'boundary', inline: { entity: 'milestone', field: 'steps' } },
      { entity: 'milestone', list: 'steps', parent: 'item' },
    ]),
};
