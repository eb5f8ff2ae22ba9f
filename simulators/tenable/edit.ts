/** What a test may do behind the product's back: POST /__control/edit. */
import type { AttributeStore } from './attribute-routes.ts';
import type { ExportJobs, ExportMishap } from './export-jobs.ts';
import type { FindingJson } from './finding-json.ts';
import type { RecastRules } from './recast-rules.ts';
import type { Inventory } from './inventory.ts';
import type { RemediationScans } from './remediation-scans.ts';

interface Editable {
  readonly inventory: Inventory;
  readonly jobs: ExportJobs;
  readonly rules: RecastRules;
  readonly scans: RemediationScans;
  readonly attributes: AttributeStore;
  readonly now: () => Date;
  readonly setRole: (role: number) => void;
}

const mishaps: readonly ExportMishap[] = [
  'error',
  'cancelled',
  'chunk-failed',
  'empty-chunk',
  'expired',
  'stuck',
];
const runStatuses = ['running', 'completed', 'aborted', 'canceled'] as const;
const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * One of: {asset, fields} · {asset, delete: true} · {asset, terminate: true} · {asset, plugin, fields} (a finding) ·
 * {asset, plugin, patched: boolean} (what the next scan of it will see) · {asset, unreachable: boolean} ·
 * {scan: id, status: running|completed|aborted|canceled} · {scan: id, delete: true} · {scanLimits: {configurations?, active?}} ·
 * {asset, check: id, fields} (a compliance result) ·
 * {rule: id, fields} · {rule: id, delete: true} · {addFinding: item} · {nextExport: mishap, kind?: assets|vulns|compliance} · {expireChunks: true} · {role: number} ·
 * {lumin: boolean} (the licence) · {defineAttributes: names} · {asset, attributes: {name: value | null}} · {asset, acr: 1 to 10}.
 * @throws Error that says what is wrong.
 */
export function editTenable(body: unknown, parts: Editable): unknown {
  if (!isObject(body)) throw new Error('expected an object');
  return (
    editAccount(body, parts) ??
    editExports(body, parts) ??
    editRule(body, parts) ??
    editScan(body, parts) ??
    editAsset(body, parts)
  );
}

/** What is asked for. */
type Body = Readonly<Record<string, unknown>>;
/** What was done; undefined where something else is asked for. */
type Edited = Record<string, unknown> | undefined;

const fieldsOf = (body: Body): Record<string, unknown> => (isObject(body['fields']) ? body['fields'] : {});

/** The account and what it is licensed for. */
function editAccount(body: Body, { inventory, attributes, setRole }: Editable): Edited {
  if (typeof body['role'] === 'number') {
    setRole(body['role']);
    return { role: body['role'] };
  }
  if (typeof body['lumin'] === 'boolean') {
    inventory.hasLumin = body['lumin'];
    return { lumin: body['lumin'] };
  }
  if (Array.isArray(body['defineAttributes'])) {
    const fault = attributes.define(body['defineAttributes'].map((name) => ({ name: String(name) })));
    if (fault !== undefined) throw new Error(fault);
    return { defined: true };
  }
  return undefined;
}

/** What exports will show or meet. */
function editExports(body: Body, { inventory, jobs, now }: Editable): Edited {
  if (body['expireChunks'] === true) {
    jobs.expireAll();
    return { expired: true };
  }
  const mishap = mishaps.find((each) => each === body['nextExport']);
  if (mishap) {
    const kind = (['assets', 'vulns', 'compliance'] as const).find((each) => each === body['kind']);
    jobs.nextMishap = { mishap, ...(kind ? { kind } : {}) };
    return { nextExport: mishap };
  }
  if (isObject(body['addFinding'])) {
    const finding = { indexed: now().toISOString(), ...body['addFinding'] };
    inventory.addFinding(finding as unknown as FindingJson); // the test's own, as it wants it
    return { added: true };
  }
  return undefined;
}

function editRule(body: Body, { rules, now }: Editable): Edited {
  if (typeof body['rule'] !== 'string') return undefined;
  const rule = rules.find(body['rule']);
  if (!rule) throw new Error(`no rule ${body['rule']}`);
  if (body['delete'] === true) rules.remove(rule, now());
  else rules.replace(rule, { ...rule, ...fieldsOf(body) }, now());
  return { edited: rule.rule_id };
}

function editScan(body: Body, { scans }: Editable): Edited {
  if (isObject(body['scanLimits'])) {
    scans.limits = { ...scans.limits, ...body['scanLimits'] };
    return { scanLimits: scans.limits };
  }
  if (typeof body['scan'] !== 'number' && typeof body['scan'] !== 'string') return undefined;
  const scan = scans.find(String(body['scan']));
  if (!scan) throw new Error(`no scan ${body['scan']}`);
  if (body['delete'] === true) scans.remove(scan);
  else {
    const status = runStatuses.find((each) => each === body['status']);
    if (!status) throw new Error(`a status is one of ${runStatuses.join(', ')}`);
    scans.move(scan, status);
  }
  return { edited: scan.id };
}

/** An asset, or a finding or compliance result of it. */
function editAsset(body: Body, { inventory, attributes, now }: Editable): Edited {
  const { asset, plugin, check } = body;
  if (typeof asset !== 'string' || !inventory.hasAsset(asset)) throw new Error(`no asset ${String(asset)}`);
  if (isObject(body['attributes'])) {
    editAttributes(attributes, asset, body['attributes']);
    return { edited: asset };
  }
  const at = now().toISOString();
  const fields = fieldsOf(body);
  if (typeof body['acr'] === 'number') inventory.overwriteAcr(asset, body['acr'], at);
  if (typeof body['unreachable'] === 'boolean') inventory.setUnreachable(asset, body['unreachable']);
  else if (typeof plugin === 'number' && typeof body['patched'] === 'boolean')
    inventory.setPatched(asset, plugin, body['patched']);
  else if (typeof check === 'string') inventory.editCompliance(asset, check, { indexed_at: at, ...fields });
  else if (typeof plugin === 'number') inventory.editFinding(asset, plugin, { indexed: at, ...fields });
  else
    inventory.editAsset(asset, {
      updated_at: at,
      ...(body['delete'] === true ? { deleted_at: at } : {}),
      ...(body['terminate'] === true ? { terminated_at: at } : {}),
      ...fields,
    });
  return { edited: asset };
}

function editAttributes(attributes: AttributeStore, asset: string, values: Body): void {
  for (const [name, value] of Object.entries(values)) {
    const known = attributes.list().find((each) => each.name === name);
    if (!known) throw new Error(`no attribute ${name}`);
    if (typeof value === 'string') attributes.valuesOf(asset).set(known.id, value);
    else attributes.valuesOf(asset).delete(known.id);
  }
}
