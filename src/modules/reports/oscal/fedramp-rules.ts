/**
 * What FedRAMP checks of an OSCAL POA&M beyond its schema, written anew for JSON after fedramp-rev5-poam.sch (GSA/fedramp-automation), by the
 * ids of its assertions. Those about the namespace of XML, and about the system security plan behind `import-ssp`, which is not read here, are
 * left to FedRAMP's own tool: `has-import-ssp` says that it is missing.
 */
export interface BrokenRule {
  /** The id of the assertion. */
  readonly rule: string;
  /** The POAM-ID or uuid that it is about. */
  readonly subject: string;
}

type Node = Readonly<Record<string, unknown>>;
const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const nodes = (value: unknown): readonly Node[] => (Array.isArray(value) ? value.filter(isNode) : []);
const node = (value: unknown): Node => (isNode(value) ? value : {});
const word = (value: unknown): string => (typeof value === 'string' ? value : '');

/** A date-time with or without a zone, as xs:dateTime is. */
const isInstant = (value: unknown): boolean =>
  /^-?\d{4,}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})?$/.test(word(value)) &&
  !Number.isNaN(Date.parse(word(value)));

const dayMs = 86_400_000;
const days: Readonly<Record<string, number>> = { high: 30, moderate: 90, low: 180 };

interface Known {
  readonly risks: ReadonlyMap<string, Node>;
  readonly observations: ReadonlyMap<string, Node>;
}

const planned = (risk: Node): readonly Node[] =>
  nodes(risk['remediations']).filter(({ lifecycle }) => lifecycle === 'planned');
const tasksOf = (risk: Node): readonly Node[] =>
  nodes(risk['remediations'])
    .flatMap(({ tasks }) => nodes(tasks))
    .filter(({ type }) => type === 'milestone');
const impactOf = (risk: Node): string | undefined =>
  nodes(risk['characterizations'])
    .flatMap(({ facets }) => nodes(facets))
    .filter(({ name }) => name === 'impact')
    .map(({ value }) => word(value))
    .at(-1);

function* itemRules(item: Node, { risks, observations }: Known): Generator<string> {
  const related = nodes(item['related-risks']);
  if (related.length === 0) yield 'poam-item-has-associated-risk';
  if (related.length > 1) yield 'poam-item-has-one-associated-risk';
  const seen = nodes(item['related-observations']);
  if (seen.length === 0) yield 'poam-item-has-related-observation';
  for (const each of related) {
    const risk = risks.get(word(each['risk-uuid']));
    if (!risk) yield 'associated-risk-has-target';
    else if (planned(risk).length === 0) yield 'associated-risk-has-planned-response';
  }
  for (const each of seen)
    if (!observations.has(word(each['observation-uuid']))) yield 'related-observation-has-observation';
}

function* timingRules(timing: Node): Generator<string> {
  const range = timing['within-date-range'];
  const date = timing['on-date'];
  if (range === undefined && date === undefined) yield 'milestone-has-timing-within-date-range';
  if (date !== undefined && !isInstant(node(date)['date'])) yield 'on-date-date-is-valid-datetime';
  if (range === undefined) return;
  const { start, end } = node(range);
  if (!isInstant(start)) yield 'within-date-range-start-is-valid-datetime';
  if (!isInstant(end)) yield 'within-date-range-end-is-valid-datetime';
  if (Date.parse(word(start)) > Date.parse(word(end))) yield 'within-date-range-start-precedes-end';
}

function* taskRules(task: Node): Generator<string> {
  if (word(task['description']) === '') yield 'milestone-has-description';
  if (task['timing'] === undefined) yield 'milestone-has-timing';
  else yield* timingRules(node(task['timing']));
}

function* riskRules(risk: Node, { observations }: Known): Generator<string> {
  const deadline = risk['deadline'];
  if (deadline === undefined) yield 'risk-has-deadline';
  else if (!isInstant(deadline)) yield 'deadline-is-valid-datetime';
  if (!nodes(risk['remediations']).some(({ lifecycle }) => lifecycle === 'recommendation'))
    yield 'risk-has-recommendation';
  if (planned(risk).length === 0) yield 'risk-has-planned-response';
  if (tasksOf(risk).length === 0) yield 'risk-has-milestones';
  const impact = impactOf(risk);
  if (impact === undefined) yield 'has-risk-impact-characterization-facet';
  const collected = nodes(risk['related-observations'])
    .map((each) => Date.parse(word(observations.get(word(each['observation-uuid']))?.['collected'])))
    .filter((at) => !Number.isNaN(at));
  const allowed = days[impact ?? ''];
  if (
    allowed === undefined ||
    (collected.length > 0 && !(Date.parse(word(deadline)) < Math.min(...collected) + allowed * dayMs))
  )
    yield 'has-timely-completion-date';
  for (const task of tasksOf(risk)) yield* taskRules(task);
  for (const entry of nodes(node(risk['risk-log'])['entries'])) {
    if (word(entry['title']) === '') yield 'risk-log-entry-has-title';
    if (entry['start'] === undefined) yield 'risk-log-entry-has-start';
  }
}

const mediaTypes: ReadonlySet<string> = new Set(['text/xml', 'application/json']);
const resourceType = (resource: Node): string | undefined =>
  nodes(resource['props'])
    .filter(({ name }) => name === 'type')
    .map(({ value }) => word(value))[0];

/** The plan that it is about: named at least, and where it lies in the document, as FedRAMP wants it there. */
function* planRules(poam: Node): Generator<string> {
  const href = word(node(poam['import-ssp'])['href']);
  const resources = nodes(node(poam['back-matter'])['resources']);
  if (poam['import-ssp'] === undefined) yield 'has-import-ssp';
  else if (href === '') yield 'has-import-ssp-href';
  else if (href.startsWith('#') && !resources.some(({ uuid }) => uuid === href.slice(1)))
    yield 'has-import-ssp-internal-href';
  else if (!href.startsWith('#') && !/^(https?:\/\/|file:|\.{0,2}\/|[\w-])/.test(href))
    yield 'has-import-ssp-external-href';
  if (
    href.startsWith('#') &&
    !resources.some((resource) => resourceType(resource) === 'system-security-plan')
  )
    yield 'has-system-security-plan-resource';
  for (const resource of resources.filter((each) => resourceType(each) === 'system-security-plan')) {
    const links = nodes(resource['rlinks']);
    if (links.length !== 1) yield 'has-ssp-rlink';
    if (links.some((link) => !mediaTypes.has(word(link['media-type']))))
      yield 'has-acceptable-system-security-plan-rlink-media-type';
    if (resource['base64'] !== undefined) yield 'has-no-base64';
  }
}

/** @returns each rule that the document breaks, with what it is about. */
export function brokenRules(document: unknown): BrokenRule[] {
  const poam = node(node(document)['plan-of-action-and-milestones']);
  if (Object.keys(poam).length === 0)
    return [{ rule: 'document-is-plan-of-action-and-milestones', subject: '/' }];
  const byUuid = (list: unknown) => new Map(nodes(list).map((each) => [word(each['uuid']), each]));
  const known = { risks: byUuid(poam['risks']), observations: byUuid(poam['observations']) };
  const idOf = (item: Node): string =>
    word(nodes(item['props']).find(({ name }) => name === 'POAM-ID')?.['value']) || word(item['uuid']);
  const broken: BrokenRule[] = [...planRules(poam)].map((rule) => ({ rule, subject: 'import-ssp' }));
  const ofRisk = new Map<string, string>();
  for (const item of nodes(poam['poam-items'])) {
    for (const rule of itemRules(item, known)) broken.push({ rule, subject: idOf(item) });
    for (const each of nodes(item['related-risks'])) ofRisk.set(word(each['risk-uuid']), idOf(item));
  }
  for (const [uuid, risk] of known.risks)
    for (const rule of riskRules(risk, known)) broken.push({ rule, subject: ofRisk.get(uuid) ?? uuid });
  return broken;
}
