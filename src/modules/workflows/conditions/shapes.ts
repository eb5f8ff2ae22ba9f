/**
 * What a condition may read: the fields of each kind of record, with what they are, as a table. From it come the types of the expression
 * language, what is said of a misspelt field, the completion of the editor, and what can be read of the past.
 *
 * An empty field is absent, never null: `has(poam.due)` asks whether it is there.
 */
import {
  deviationKinds,
  findingLifecycles,
  milestoneStatuses,
  poamStatuses,
  severities,
} from '../../../canonical/vocabulary/index.ts';
import { deviationStateWords } from '../../../canonical/lists/index.ts';
import type { RecordKind } from '../../../canonical/workflow/index.ts';

/**
 * How what a field was at an earlier time is known again.
 *
 *   constant     it never changes: an id, when something was first found
 *   states       from the history of findings (`finding_state_changes`)
 *   journal      from the journal: the changes of that column, walked back from today
 *   obligations  from the days that policies gave (`poam_obligations`)
 *   feeds        from what loads of feeds changed (`cve_changes`)
 *   created      since its POA&M was made
 *   none         it is kept only as it is today
 */
export type History =
  | { readonly from: 'constant' }
  | { readonly from: 'states' }
  | { readonly from: 'journal'; readonly entity: string; readonly column: string }
  | { readonly from: 'obligations' | 'feeds' | 'created' }
  | { readonly from: 'none' };

export type FieldType =
  | { readonly is: 'text' | 'whole' | 'number' | 'time' | 'yes' }
  /** One of these words, in any case, spaces and underlines alike; `ordered`: a later word is more. */
  | {
      readonly is: 'word';
      readonly words: readonly string[];
      readonly name: string;
      readonly ordered: boolean;
    }
  | { readonly is: 'texts'; readonly most: number }
  | { readonly is: 'record'; readonly shape: ShapeName }
  | { readonly is: 'records'; readonly shape: ShapeName; readonly most: number };

export interface Field {
  readonly type: FieldType;
  readonly title: string;
  readonly history: History;
}

const unknownPast: History = { from: 'none' };
const constant: History = { from: 'constant' };
const states: History = { from: 'states' };
const obligations: History = { from: 'obligations' };
const fromFeeds: History = { from: 'feeds' };
const created: History = { from: 'created' };
const journal = (entity: string, column: string): History => ({ from: 'journal', entity, column });

const field = (type: FieldType, title: string, history: History = unknownPast): Field => ({
  type,
  title,
  history,
});
const text = (title: string, history?: History): Field => field({ is: 'text' }, title, history);
const whole = (title: string, history?: History): Field => field({ is: 'whole' }, title, history);
const number = (title: string, history?: History): Field => field({ is: 'number' }, title, history);
const time = (title: string, history?: History): Field => field({ is: 'time' }, title, history);
const yes = (title: string, history?: History): Field => field({ is: 'yes' }, title, history);
const texts = (title: string, most: number, history?: History): Field =>
  field({ is: 'texts', most }, title, history);
const word = (
  name: string,
  words: readonly string[],
  title: string,
  history?: History,
  ordered = false,
): Field => field({ is: 'word', name, words, ordered }, title, history);
const severity = (title: string, history?: History): Field =>
  word('Severity', severities, title, history, true);
const record = (shape: ShapeName, title: string, history?: History): Field =>
  field({ is: 'record', shape }, title, history);
const records = (shape: ShapeName, most: number, title: string, history?: History): Field =>
  field({ is: 'records', shape, most }, title, history);

/** Records of one kind are at most so many in another: of more, the field cannot be read, and the run says so. */
const mostFindings = 1_000;
const mostMilestones = 200;
const mostCves = 500;
const mostChanged = 5_000;

const findingState = word('FindingState', findingLifecycles, 'its state', states);

/** A finding as part of another record: what is asked of each. */
const findingPart = {
  plugin: text('the number of its plugin', constant),
  severity: severity('its severity'),
  state: findingState,
  accepted: yes('accepted, or dismissed as a false positive'),
  last_found: time('when it was last seen'),
  fix_reported: time('when somebody reported it fixed'),
  verified: yes('fixed, and a scan showed it after the fix was reported'),
} as const satisfies Record<string, Field>;

const milestone = {
  description: text('what is to be done'),
  state: word('MilestoneState', milestoneStatuses, 'its status', journal('milestone', 'status')),
  due: time('until when', journal('milestone', 'scheduled_completion')),
} as const satisfies Record<string, Field>;

const poam = {
  id: text('its id', constant),
  state: word('PoamState', poamStatuses, 'its status', journal('poam', 'status')),
  open: yes('it asks for work: neither completed, cancelled nor excused', journal('poam', 'status')),
  severity: severity('its severity', journal('poam', 'weakness_risk_level')),
  created: time('when it was made', constant),
  due: time('the promised day', journal('poam', 'scheduled_completion')),
  obliged_by: time('the earliest day that a policy gives'),
  completed: time('when it was completed', journal('poam', 'actual_completion')),
  owner: text('its point of contact', journal('poam', 'poc')),
  controls: text('its security controls', journal('poam', 'security_control')),
  findings: records('FindingPart', mostFindings, 'the findings under it', states),
  milestones: records('Milestone', mostMilestones, 'its milestones', journal('milestone', 'status')),
  vendor_dependency: yes('it waits for a vendor: such a deviation holds'),
  last_vendor_checkin: time(
    'when the vendor was last asked; before the first time: when the deviation was asked for',
  ),
  reviewed: time('when it was last reviewed'),
  questions: texts('what a person is asked about it', 50),
  failed_pushes: whole('changes that the GRC system refused, of the last day'),
  open_conflicts: whole('conflicts about it that nobody has settled'),
} as const satisfies Record<string, Field>;

const finding = {
  key: text('its key', constant),
  plugin: text('the number of its plugin', constant),
  name: text('its name', constant),
  severity: severity('its severity', journal('finding', 'severity_rank')),
  state: findingState,
  open: yes('open, or found again', states),
  accepted: yes('accepted, or dismissed as a false positive'),
  first_found: time('when it was first seen', constant),
  last_found: time('when it was last seen'),
  fixed: time('when it was fixed', states),
  reopened: time('when it was found again', states),
  times_reopened: whole('how often it came back', states),
  fix_reported: time('when somebody reported it fixed'),
  due: time('the earliest day that its weakness is due', obligations),
  cves: texts('its CVEs', mostCves, constant),
  kev: yes('CISA lists it as exploited'),
  epss: number('the chance that it is exploited within 30 days, 0 to 1'),
  asset: text('the name of its machine', constant),
  owner: text('who works on it'),
  on_poam: yes('a POA&M answers it', created),
  poam: record('PoamPart', 'the POA&M that answers it', created),
} as const satisfies Record<string, Field>;

const weakness = {
  id: text('its number', constant),
  title: text('its title', constant),
  plugin: text('the number of its plugin', constant),
  severity: severity('its severity at its source, as it is now'),
  rated_severity: severity('the severity that its POA&M was made with', constant),
  open: yes('at least one of its findings is open', states),
  detected: time('when its first finding was seen', constant),
  due: time('when it is due', obligations),
  due_policy: text('the policy that gives its day'),
  due_changed: time('when its day last changed', obligations),
  due_unknown: texts('what its day hangs on and nobody has said', 20),
  cves: texts('its CVEs', mostCves, constant),
  kev: yes('CISA lists one of its CVEs as exploited', fromFeeds),
  kev_changed: time('when the listing of one of its CVEs last changed', fromFeeds),
  ransomware: yes('used in ransomware campaigns, as CISA says'),
  epss: number('the greatest chance that one of its CVEs is exploited within 30 days'),
  findings: records('FindingPart', mostFindings, 'its findings', states),
  poam: record('PoamPart', 'the POA&M that answers it'),
} as const satisfies Record<string, Field>;

const deviation = {
  id: text('its number', constant),
  kind: word('DeviationKind', deviationKinds, 'what it is', constant),
  state: word('DeviationState', deviationStateWords, 'its state', journal('deviation', 'state')),
  severity: severity('the severity of what it is about', constant),
  until: time('its last day'),
  review: time('when it is to be looked at again'),
  requested: time('when it was asked for', constant),
  requested_by: text('who asked for it', constant),
  decided: time('when it was decided'),
  findings: whole('findings that it is about and that are not fixed'),
  poam: record('PoamPart', 'the POA&M that it is of'),
} as const satisfies Record<string, Field>;

const assetStates = ['reported', 'unreported', 'terminated', 'deleted'] as const;

const asset = {
  id: text('its id', constant),
  name: text('its name', constant),
  state: word('AssetState', assetStates, 'whether its scanner still reports it'),
  in_boundary: yes('it is in an authorization boundary'),
  first_seen: time('when it was first seen', constant),
  last_seen: time('when it was last seen'),
  agent: yes('an agent runs on it'),
  criticality: text('how much the business depends on it'),
  environment: text('production, test, …'),
  zone: text('its network zone'),
  tags: texts('its tags, as category:value', 500),
  risk: number('its risk score'),
  open_critical: whole('open critical findings'),
  open_high: whole('open high findings'),
  open_findings: whole('open findings of any severity'),
  open_poams: whole('open POA&Ms that list it'),
} as const satisfies Record<string, Field>;

const system = {
  id: text('its id', constant),
  name: text('its name', constant),
  owner: text('its owner'),
  isso: text('its security officer'),
  policies: texts('the due-date policies that apply to it', 50),
  authorized_until: time('when its authorization ends'),
  assets: whole('machines in it'),
  open_poams: whole('open POA&Ms'),
  overdue_poams: whole('open POA&Ms whose day is past'),
} as const satisfies Record<string, Field>;

const scan = {
  id: text('the boundary that was scanned', constant),
  ended: time('when the latest scan with credentials ended'),
  assets: whole('machines of the boundary that are reported'),
  covered: whole('of these, seen by a scan with credentials in the last 7 days'),
  unauthenticated: whole('of these, seen in the last 7 days, but by no scan with credentials'),
  coverage: number('the share that a scan with credentials saw in the last 7 days, 0 to 1'),
  unauthenticated_rate: number('of those seen in the last 7 days, the share without credentials, 0 to 1'),
  newest_plugin: time('when the newest plugin that scans know was last changed'),
} as const satisfies Record<string, Field>;

const feeds = ['kev', 'epss', 'nvd', 'cve', 'ssvc'] as const;
const feed = {
  id: text('the number of the load', constant),
  name: word('FeedName', feeds, 'which feed', constant),
  loaded: time('when it was loaded', constant),
  of: time('the day that it is of', constant),
  rows_changed: whole('entries that changed', constant),
  changed: texts('the CVEs that changed', mostChanged, constant),
} as const satisfies Record<string, Field>;

const { id, state, open, severity: poamSeverity, due, completed } = poam;

/** Every shape by the name that a problem calls it by. */
export const shapes = {
  Finding: finding,
  FindingPart: findingPart,
  Weakness: weakness,
  Poam: poam,
  PoamPart: { id, state, open, severity: poamSeverity, due, completed },
  Milestone: milestone,
  Deviation: deviation,
  Asset: asset,
  System: system,
  Scan: scan,
  Feed: feed,
} as const satisfies Record<string, Readonly<Record<string, Field>>>;
export type ShapeName =
  | 'Finding'
  | 'FindingPart'
  | 'Weakness'
  | 'Poam'
  | 'PoamPart'
  | 'Milestone'
  | 'Deviation'
  | 'Asset'
  | 'System'
  | 'Scan'
  | 'Feed';

export const shapeOf = (name: ShapeName): Readonly<Record<string, Field>> => shapes[name];

/** What conditions about each kind of record may read, by name; `now` is the moment in all of them. */
export const variablesOf: Readonly<Record<RecordKind, Readonly<Record<string, ShapeName>>>> = {
  finding: { finding: 'Finding', system: 'System' },
  weakness: { weakness: 'Weakness', system: 'System' },
  poam: { poam: 'Poam', system: 'System' },
  deviation: { deviation: 'Deviation', system: 'System' },
  asset: { asset: 'Asset', system: 'System' },
  system: { system: 'System' },
  scan: { scan: 'Scan', system: 'System' },
  feed: { feed: 'Feed' },
};

/** A field as an editor lists it: `poam.milestones[].due`. */
export interface FieldShown {
  readonly path: string;
  readonly type: string;
  readonly title: string;
  readonly words: readonly string[];
}

const typeName = (type: FieldType): string =>
  ({
    text: 'text',
    whole: 'whole number',
    number: 'number',
    time: 'time',
    yes: 'yes or no',
    word: 'word',
    texts: 'list of texts',
    record: 'record',
    records: 'list of records',
  })[type.is];

/** How a word is written in a condition: lower case, spaces as underlines. */
export const plainWord = (text_: string): string =>
  text_
    .trim()
    .toLowerCase()
    .replaceAll(/[\s_-]+/g, '_');

/** Every field that a condition about a kind of record may read. */
export function fieldsOf(kind: RecordKind): readonly FieldShown[] {
  const list = (prefix: string, shape: ShapeName): FieldShown[] =>
    Object.entries(shapeOf(shape)).flatMap(([name, { type, title }]) => [
      {
        path: `${prefix}.${name}`,
        type: typeName(type),
        title,
        words: type.is === 'word' ? type.words.map(plainWord) : [],
      },
      ...(type.is === 'record' ? list(`${prefix}.${name}`, type.shape) : []),
      ...(type.is === 'records' ? list(`${prefix}.${name}[]`, type.shape) : []),
    ]);
  return Object.entries(variablesOf[kind]).flatMap(([name, shape]) => list(name, shape));
}

const typeWords: Readonly<Record<string, string>> = {
  'google.protobuf.Timestamp': 'a time',
  'google.protobuf.Duration': 'a duration',
  string: 'text',
  int: 'a whole number',
  double: 'a number',
  bool: 'yes or no',
  null_type: 'null',
};

/** What the expression language says of types, in plain words. */
export const plainTypes = (said: string): string =>
  said.replaceAll(
    /google\.protobuf\.\w+|\b(?:string|int|double|bool|null_type)\b/g,
    (type) => typeWords[type] ?? type,
  );
