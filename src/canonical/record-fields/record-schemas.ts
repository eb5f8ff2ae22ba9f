/**
 * The canonical form of every record that crosses a border: what a mapping yields on the way in and starts from on the way out.
 * Those that ship, and those that an entity defined elsewhere brings along.
 */
import { acceptanceRecord } from './acceptance.ts';
import { artifactRecord } from './artifact.ts';
import { assetRecord } from './asset.ts';
import { assetContextRecord, sentOnlyOfAssetContext } from './asset-context.ts';
import { complianceRecord } from './compliance.ts';
import { componentRecord } from './component.ts';
import { controlRecord } from './control.ts';
import { findingRecord } from './finding.ts';
import { milestoneRecord } from './milestone.ts';
import { pluginRecord } from './plugin.ts';
import { poamRecord } from './poam.ts';
import { systemRecord } from './system.ts';

interface RegisteredRecord {
  readonly schema: { readonly shape: object };
  /** Fields that no remote decides, so that they can be sent and never come in. */
  readonly sentOnly: readonly string[];
  /** What fields were called in earlier versions. */
  readonly formerNames: Readonly<Record<string, string>>;
  /** The entity of the record that one of these is inside. */
  readonly inside?: string;
}

const plain = (schema: RegisteredRecord['schema']): RegisteredRecord => ({
  schema,
  sentOnly: [],
  formerNames: {},
});

const records = new Map<string, RegisteredRecord>([
  ['asset', plain(assetRecord)],
  ['plugin', plain(pluginRecord)],
  ['finding', plain(findingRecord)],
  ['system', plain(systemRecord)],
  ['component', plain(componentRecord)],
  ['control', plain(controlRecord)],
  ['poam', plain(poamRecord)],
  ['milestone', plain(milestoneRecord)],
  ['artifact', plain(artifactRecord)],
  ['acceptance', plain(acceptanceRecord)],
  ['compliance', plain(complianceRecord)],
  ['asset_context', { schema: assetContextRecord, sentOnly: sentOnlyOfAssetContext, formerNames: {} }],
]);

/** Adds the record of an entity, with what its definition says about the fields. */
export function registerRecord(name: string, record: RegisteredRecord): void {
  records.set(name, record);
}

/** The present name of a field that may still be known by a former one. */
export function presentField(entity: string, field: string): string {
  const former = records.get(entity)?.formerNames ?? {};
  return (Object.hasOwn(former, field) ? former[field] : undefined) ?? field;
}

/** The schema that the mapped record of an entity must satisfy; undefined where there are no mappings for it. */
export const recordSchemaOf = (name: string): RegisteredRecord['schema'] | undefined =>
  records.get(name)?.schema;

/** Every entity that has mappings. */
export const listRecordNames = (): readonly string[] => [...records.keys()];

/** Entities whose records are inside one of this entity, at any depth. */
export function recordsInside(name: string): readonly string[] {
  const nearest = [...records].filter(([, { inside }]) => inside === name).map(([each]) => each);
  return [...new Set([...nearest, ...nearest.flatMap((each) => recordsInside(each))])];
}

/** Fields of an entity that can be sent and never come in. */
export const sentOnlyFields = (name: string): readonly string[] => records.get(name)?.sentOnly ?? [];
