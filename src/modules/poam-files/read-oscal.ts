/**
 * OSCAL plans of action and milestones (NIST, JSON; 1.0.4 as FedRAMP has it, to 1.2.x). An item is a POA&M, its first risk says how grave it is, by
 * when, and with which tasks; its observations say since when and on which machines. What has no field here is kept as it is.
 */
import { TielineError } from '../../platform/errors/index.ts';
import { isJsonObject, type Json, type JsonObject, scalarText } from '../../platform/values/index.ts';
import { nobodyNamed, noPlan, severityWritten } from '../poam-formats/index.ts';
import type { FileItem, FileMilestone, HeldRow, PoamFile } from './poam-file.ts';
import { withoutDoubles } from './read-workbook.ts';

type Risk = JsonObject;

/** @throws TielineError POAM_FILE_INVALID: no JSON, or no plan of action and milestones. */
export function readOscal(name: string, bytes: Buffer): PoamFile {
  const plan = planIn(name, bytes);
  const version = textIn(plan, 'metadata', 'oscal-version') ?? '';
  if (!/^1\.\d+\.\d+/.test(version))
    throw new TielineError(
      'POAM_FILE_INVALID',
      `${name}: metadata/oscal-version is "${version}"; 1.0.4 to 1.2.x are read.`,
      {
        fields: [
          {
            field: '/plan-of-action-and-milestones/metadata/oscal-version',
            message: 'expected 1.0.4 to 1.2.x',
          },
        ],
      },
    );
  const index = indexOf(plan);
  const items: FileItem[] = [];
  const held: HeldRow[] = [];
  for (const [place, item] of objects(plan['poam-items']).entries()) {
    const read = readItem(item, place, index);
    if ('raw' in read) items.push(read);
    else held.push(read);
  }
  return {
    layout: 'oscal',
    title: `OSCAL POA&M ${version}`,
    systemName: systemNameOf(plan),
    ...withoutDoubles(items, held),
    notes: [...new Set(objects(plan['poam-items']).flatMap((item, place) => strangers(item, place, index)))],
  };
}

/** References that lead nowhere: NIST's own example has one. */
function strangers(item: JsonObject, place: number, { risks, observations }: Index): string[] {
  const lost = (list: string, key: string, known: ReadonlyMap<string, unknown>): boolean =>
    objects(item[list]).some((each) => !known.has(scalarText(each[key] ?? '').toLowerCase()));
  const of = [
    ...(lost('related-risks', 'risk-uuid', risks) ? ['a risk'] : []),
    ...(lost('related-observations', 'observation-uuid', observations) ? ['an observation'] : []),
  ];
  return of.map(
    (what) => `/poam-items/${place} names ${what} that the file does not have: nothing of it was read.`,
  );
}

function planIn(name: string, bytes: Buffer): JsonObject {
  let parsed: unknown;
  try {
    parsed = JSON.parse(bytes.toString('utf8').replace(/^\uFEFF/, ''));
  } catch (error) {
    throw new TielineError(
      'POAM_FILE_INVALID',
      `${name}: this is not JSON: ${error instanceof Error ? error.message : ''}`,
      { cause: error },
    );
  }
  const plan = isJsonObject(parsed) ? parsed['plan-of-action-and-milestones'] : undefined;
  if (isJsonObject(plan) && Array.isArray(plan['poam-items'])) return plan;
  throw new TielineError(
    'POAM_FILE_INVALID',
    `${name}: this is no OSCAL POA&M: it has no /plan-of-action-and-milestones/poam-items.`,
    {
      fields: [{ field: '/plan-of-action-and-milestones/poam-items', message: 'expected an array of items' }],
    },
  );
}

const objects = (value: Json | undefined): JsonObject[] =>
  Array.isArray(value) ? value.flatMap((each) => (isJsonObject(each) ? [each] : [])) : [];

function textIn(object: JsonObject, ...path: string[]): string | undefined {
  let value: Json | undefined = object;
  for (const step of path) value = isJsonObject(value) ? value[step] : undefined;
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
}

interface Index {
  readonly risks: ReadonlyMap<string, Risk>;
  readonly observations: ReadonlyMap<string, JsonObject>;
  /** Titles of components, inventory items, parties, by uuid. */
  readonly titles: ReadonlyMap<string, string>;
}

function indexOf(plan: JsonObject): Index {
  const byUuid = (value: Json | undefined) =>
    new Map(objects(value).map((each) => [scalarText(each['uuid'] ?? '').toLowerCase(), each] as const));
  const local = isJsonObject(plan['local-definitions']) ? plan['local-definitions'] : {};
  const titles = new Map<string, string>();
  for (const component of objects(local['components']))
    titles.set(scalarText(component['uuid'] ?? '').toLowerCase(), textIn(component, 'title') ?? '');
  for (const item of objects(local['inventory-items'])) {
    const named = ['asset-id', 'hostname', 'fqdn', 'ipv4-address']
      .map((name) => propOf(item, name))
      .find((value) => value !== undefined);
    titles.set(scalarText(item['uuid'] ?? '').toLowerCase(), named ?? textIn(item, 'description') ?? '');
  }
  for (const party of objects(isJsonObject(plan['metadata']) ? plan['metadata']['parties'] : undefined))
    titles.set(scalarText(party['uuid'] ?? '').toLowerCase(), textIn(party, 'name') ?? '');
  return { risks: byUuid(plan['risks']), observations: byUuid(plan['observations']), titles };
}

const propOf = (object: JsonObject, name: string): string | undefined =>
  objects(object['props'])
    .filter((prop) => scalarText(prop['name'] ?? '').toLowerCase() === name.toLowerCase())
    .map((prop) => textIn(prop, 'value'))[0];
const propsOf = (object: JsonObject, name: string): string[] =>
  objects(object['props']).flatMap((prop) =>
    prop['name'] === name && typeof prop['value'] === 'string' ? [prop['value']] : [],
  );

function systemNameOf(plan: JsonObject): string | undefined {
  return isJsonObject(plan['system-id']) ? textIn(plan['system-id'], 'id') : undefined;
}

const dayIn = (object: JsonObject, ...path: string[]): string | undefined =>
  /^\d{4}-\d{2}-\d{2}/.exec(textIn(object, ...path) ?? '')?.[0];

/** Words of risk-status, with what they come to here. */
const statusOfRisk: Readonly<Record<string, string>> = {
  open: 'Open',
  investigating: 'In Progress',
  remediating: 'In Progress',
  'deviation-requested': 'Open',
  'deviation-approved': 'Risk Accepted',
  closed: 'Completed',
};

function readItem(item: JsonObject, place: number, index: Index): FileItem | HeldRow {
  const cell = `/poam-items/${place}`;
  const id = propOf(item, 'POAM-ID') ?? propOf(item, 'poam-id') ?? textIn(item, 'uuid') ?? '';
  const refer = (list: string, key: string): string[] =>
    objects(item[list]).map((each) => scalarText(each[key] ?? '').toLowerCase());
  const risk = refer('related-risks', 'risk-uuid').flatMap((uuid) => index.risks.get(uuid) ?? [])[0] as
    | Risk
    | undefined;
  const observations = refer('related-observations', 'observation-uuid').flatMap((uuid): JsonObject[] => {
    const found = index.observations.get(uuid);
    return found ? [found] : [];
  });
  const hold = (rule: string, remedy: string): HeldRow => ({
    sheet: 'poam-items',
    cell,
    record: id,
    rule,
    remedy,
  });
  if (id === '') return hold('the item has no uuid', 'Give each item a uuid, as the schema demands.');
  const title = textIn(item, 'title');
  const text = textIn(item, 'description');
  if (title === undefined && text === undefined)
    return hold('it has neither title nor description', 'Say what the weakness is.');
  const status = risk && textIn(risk, 'status')?.toLowerCase();
  if (status !== undefined && statusOfRisk[status] === undefined)
    return hold(
      `the status "${status}" of its risk is none that is known`,
      `Use one of: ${Object.keys(statusOfRisk).join(', ')}.`,
    );
  const description =
    title === undefined || text === undefined || text === title || text.startsWith(`${title}\n`)
      ? (text ?? title)
      : `${title}\n${text}`;
  return {
    id,
    sheet: 'poam-items',
    cell,
    raw: {
      id,
      weakness_description: description ?? '',
      ...statusOf(item, risk, status),
      ...(risk ? ofRisk(risk) : {}),
      ...ofObservations(observations, index),
      ...written(item),
    },
    written: status === undefined ? {} : { ...(risk ? wordsOfRisk(risk) : {}), status },
    milestones: risk ? milestonesOf(id, risk) : [],
    beside: { item: besideOf(item, ownKeys), ...(risk ? { risk: besideOf(risk, riskKeys) } : {}) },
    cells: { id: cell },
  };
}

/** Our own word beside the status that it was written for; where somebody changed that status, it says nothing any more. */
const tielineStatus = (risk: Risk, status: string | undefined): string | undefined =>
  objects(risk['props'])
    .filter((prop) => prop['name'] === 'tieline-status' && (prop['class'] ?? status) === status)
    .map((prop) => textIn(prop, 'value'))[0];

/** Where Tieline wrote the file, its own word says more than the six of OSCAL. */
function statusOf(item: JsonObject, risk: Risk | undefined, status: string | undefined): JsonObject {
  const own = propOf(item, 'status') ?? (risk && tielineStatus(risk, status));
  const known = [
    'Draft',
    'Open',
    'In Progress',
    'Pending Verification',
    'Completed',
    'Risk Accepted',
    'False Positive',
    'Operational Requirement',
    'Not Applicable',
    'Cancelled',
  ];
  const word = known.find((each) => each.toLowerCase() === own?.toLowerCase().replaceAll(/[_-]/g, ' '));
  return { status: word ?? statusOfRisk[status ?? 'open'] ?? 'Open' };
}

const facetsOf = (risk: Risk) =>
  objects(risk['characterizations']).flatMap((each) => objects(each['facets']));

/** As they are written, where OSCAL has fewer words than the record. */
function wordsOfRisk(risk: Risk): Record<string, string> {
  const controls = propsOf(risk, 'impacted-control-id');
  const rating = facetsOf(risk)
    .filter((each) => each['name'] === 'risk' && (propOf(each, 'state') ?? 'initial') === 'initial')
    .map((each) => textIn(each, 'value'))[0];
  return {
    ...(rating === undefined ? {} : { weakness_risk_level: rating }),
    ...(controls.length === 0 ? {} : { security_control: controls.join(', ') }),
  };
}

function ofRisk(risk: Risk): JsonObject {
  const facets = facetsOf(risk);
  const facet = (name: string, state?: string): string | undefined =>
    facets
      .filter(
        (each) =>
          each['name'] === name && (state === undefined || (propOf(each, 'state') ?? 'initial') === state),
      )
      .map((each) => textIn(each, 'value'))[0];
  const rating = facet('risk', 'initial') ?? facet('risk');
  const residual = facet('risk', 'adjusted');
  const severity = rating === undefined ? undefined : severityWritten(rating);
  const planned = objects(risk['remediations']);
  const plan = planned.find((each) => each['lifecycle'] === 'planned') ?? planned[0];
  const described = plan && textIn(plan, 'description');
  const remediation = described === noPlan ? undefined : described;
  const controls = propsOf(risk, 'impacted-control-id');
  const likelihood = facet('likelihood');
  const impact = facet('impact');
  const deadline = dayIn(risk, 'deadline');
  const remarks = textIn(risk, 'remarks');
  return {
    ...(severity === undefined ? {} : { weakness_risk_level: severity }),
    ...(residual === undefined ? {} : { residual_risk_level: residual }),
    ...(likelihood === undefined ? {} : { likelihood }),
    ...(impact === undefined ? {} : { impact }),
    ...(deadline === undefined ? {} : { scheduled_completion: deadline }),
    ...(remediation === undefined ? {} : { remediation_plan: remediation }),
    ...(controls.length === 0
      ? {}
      : { security_control: controls.map((each) => each.toUpperCase()).join(', ') }),
    ...(remarks === undefined ? {} : { comments: remarks }),
  };
}

function ofObservations(observations: readonly JsonObject[], { titles }: Index): JsonObject {
  const collected = observations
    .map((each) => dayIn(each, 'collected'))
    .filter((day) => day !== undefined)
    .toSorted()[0];
  const subjects = observations
    .flatMap((each) => objects(each['subjects']))
    .flatMap((subject) => {
      const named =
        textIn(subject, 'title') ?? titles.get(scalarText(subject['subject-uuid'] ?? '').toLowerCase());
      return named === undefined || named === '' ? [] : [named];
    });
  const origins = observations
    .flatMap((each) => objects(each['origins']))
    .flatMap((origin) => objects(origin['actors']));
  const source = origins
    .map((actor) => titles.get(scalarText(actor['actor-uuid'] ?? '').toLowerCase()))
    .find((each) => each !== undefined && each !== '' && each !== nobodyNamed);
  const cves = [...new Set(observations.flatMap((each) => propsOf(each, 'cve')))];
  return {
    ...(collected === undefined ? {} : { original_detection_date: collected }),
    ...(subjects.length === 0 ? {} : { affected_assets: [...new Set(subjects)] }),
    ...(source === undefined ? {} : { source_of_discovery: source }),
    ...(cves.length === 0 ? {} : { cves }),
  };
}

/** The value of a property has one line; where it had more, they are its remarks. */
const longProp = (object: JsonObject, name: string): string | undefined =>
  objects(object['props'])
    .filter((prop) => prop['name'] === name)
    .map((prop) => textIn(prop, 'remarks') ?? textIn(prop, 'value'))[0];

/** What ServiceNow and others write as plain properties of the item. */
function written(item: JsonObject): JsonObject {
  const poc = longProp(item, 'point-of-contact') ?? propOf(item, 'poc');
  const resources = longProp(item, 'resources-required');
  const remarks = textIn(item, 'remarks');
  const completed = propOf(item, 'completion-date')?.slice(0, 10);
  return {
    ...(poc === undefined ? {} : { poc }),
    ...(resources === undefined ? {} : { resources_required: resources }),
    ...(remarks === undefined ? {} : { comments: remarks }),
    ...(completed === undefined ? {} : { actual_completion: completed }),
  };
}

function milestonesOf(id: string, risk: Risk): FileMilestone[] {
  const tasks = objects(risk['remediations']).flatMap((each) => objects(each['tasks']));
  return tasks.flatMap((task, place): FileMilestone[] => {
    const title = textIn(task, 'title');
    const text = textIn(task, 'description');
    if (task['type'] !== 'milestone' || (title ?? text) === undefined) return [];
    const own = `${id}/${textIn(task, 'uuid') ?? String(place + 1)}`.slice(0, 100);
    const day = dayIn(task, 'timing', 'within-date-range', 'end') ?? dayIn(task, 'timing', 'on-date', 'date');
    const isDone = propOf(task, 'status')?.toLowerCase() === 'completed';
    const completed = propOf(task, 'completion-date')?.slice(0, 10);
    const isWhole = text !== undefined && (title === undefined || text.startsWith(title));
    return [
      {
        id: own,
        raw: {
          id: own,
          poam: id,
          description: isWhole ? text : (title ?? text ?? ''),
          scheduled_completion: day ?? null,
          ...(completed === undefined ? {} : { actual_completion: completed }),
          status: isDone ? 'Completed' : 'Pending',
          ...(title !== undefined && text !== undefined && !isWhole ? { comments: text } : {}),
        },
      },
    ];
  });
}

const ownKeys: ReadonlySet<string> = new Set([
  'title',
  'description',
  'remarks',
  'related-risks',
  'related-observations',
]);
const riskKeys: ReadonlySet<string> = new Set(['title', 'description', 'status', 'deadline']);
const besideOf = (object: JsonObject, read: ReadonlySet<string>): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([key]) => !read.has(key)));
