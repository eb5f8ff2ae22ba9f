/**
 * The POA&M as OSCAL. Version 1.0.4 is what FedRAMP's own rules and templates are pinned at, 1.2.1 what others read; both are held against the
 * schema of 1.2.1. Ids are derived from ours, so that the same item has the same id in every report. `import-ssp` is left out unless its address is
 * given: readers dereference it, and stop where they cannot.
 */
import { deriveUuid } from '../../../platform/values/index.ts';
import { TielineError } from '../../../platform/errors/index.ts';
import {
  nobodyNamed,
  noPlan,
  oscalControlId,
  oscalRatingOf,
  oscalStatusOf,
} from '../../poam-formats/index.ts';
import { severityNamed } from '../../../canonical/vocabulary/index.ts';
import { oscalFaults, refuseFaults } from '../published/schemas.ts';
import { mediaTypes, type Rendered, type ReportNote } from '../rendered.ts';
import type { DeviationFacts, PoamFacts, Snapshot } from '../snapshot/snapshot.ts';
import { unsaidNotes } from '../unsaid.ts';
import { brokenRules } from './fedramp-rules.ts';

const fedramp = 'https://fedramp.gov/ns/oscal';
const dayStart = (day: string): string => `${day}T00:00:00Z`;
const idOf = (...parts: readonly string[]): string => deriveUuid('oscal', ...parts);
const prop = (name: string, value: string) => ({ name, ns: fedramp, value });
/** Of our own: what OSCAL has no place for. A value has one line; where there are more, they are its remarks. */
const tieline = 'urn:tieline:oscal';
function ownProp(name: string, text: string) {
  const value = text.replaceAll(/\s+/g, ' ').trim();
  return { name, ns: tieline, value, ...(value === text ? {} : { remarks: text }) };
}
/** OSCAL allows no empty list. */
const listed = <Name extends string, T>(
  name: Name,
  values: readonly T[],
): { readonly [Key in Name]?: readonly T[] } =>
  (values.length === 0 ? {} : { [name]: values }) as { readonly [Key in Name]?: readonly T[] }; // the key is that name

const partyOf = (poam: PoamFacts): string => idOf('party', poam.contact ?? '');
const originOf = (poam: PoamFacts) => ({ actors: [{ type: 'party', 'actor-uuid': partyOf(poam) }] });
/** What reported it: a scanner, an audit. */
const sourceOf = (poam: PoamFacts): string => idOf('source', poam.source ?? '');

const deviationProps: Readonly<Record<DeviationFacts['kind'], string | null>> = {
  false_positive: 'false-positive',
  operational_requirement: 'operational-requirement',
  risk_adjustment: 'risk-adjustment',
  vendor_dependency: 'vendor-dependency',
  risk_acceptance: null,
};
const deviationWords: Partial<Record<DeviationFacts['state'], string>> = {
  requested: 'pending',
  approved: 'approved',
  withdrawn: 'withdrawn',
};

function riskProps(poam: PoamFacts, deviations: readonly DeviationFacts[]) {
  const kev = poam.kev ?? [];
  const due = kev.flatMap(({ due: on }) => (on === null ? [] : [on])).toSorted()[0];
  return [
    {
      name: 'tieline-status',
      ns: tieline,
      class: oscalStatusOf(poam.status, deviations),
      value: poam.status,
    },
    ...poam.controls.map((control) => prop('impacted-control-id', oscalControlId(control))),
    ...deviations.flatMap(({ kind, state }) => {
      const name = deviationProps[kind];
      const word = kind === 'vendor_dependency' && state === 'approved' ? 'tracking' : deviationWords[state];
      return name === null || word === undefined ? [] : [prop(name, word)];
    }),
    ...(kev.length > 0 ? [prop('kev-catalog', 'yes')] : []),
    ...(due === undefined ? [] : [prop('kev-due-date', due)]),
  ];
}

function facetsOf(poam: PoamFacts, deviations: readonly DeviationFacts[]) {
  const rating = oscalRatingOf(poam.severity);
  const ratingOf = (word: string | null): string => oscalRatingOf(severityNamed(word) ?? poam.severity);
  const facet = (name: string, value: string, state: string) => ({
    name,
    system: fedramp,
    value,
    props: [{ name: 'state', value: state }],
  });
  const adjusted = deviations.find(
    ({ kind, state }) => kind === 'risk_adjustment' && state === 'approved',
  )?.adjusted;
  const cves = poam.cves.map((cve) => ({
    name: 'vulnerability-id',
    system: 'http://cve.mitre.org',
    value: cve,
  }));
  return [
    facet('risk', rating, 'initial'),
    facet('impact', ratingOf(poam.impact), 'initial'),
    facet('likelihood', ratingOf(poam.likelihood), 'initial'),
    ...(adjusted === null || adjusted === undefined
      ? []
      : [facet('risk', adjusted.toLowerCase(), 'adjusted')]),
    ...cves,
  ];
}

function tasksOf(poam: PoamFacts) {
  return poam.milestones.flatMap(({ text, scheduledOn, plannedOn, status, completedOn }, index) => {
    const on = scheduledOn ?? plannedOn;
    if (on === null || status === 'Cancelled') return [];
    const title = text.split('\n')[0] ?? '';
    return [
      {
        uuid: idOf('task', poam.poamId, String(index), text),
        type: 'milestone',
        title: title || `Milestone ${index + 1}`,
        description: text || `Milestone ${index + 1}`,
        ...listed('props', [
          ...(status === 'Completed' ? [ownProp('status', 'completed')] : []),
          ...(completedOn === null ? [] : [ownProp('completion-date', completedOn)]),
        ]),
        timing: { 'on-date': { date: dayStart(on) } },
      },
    ];
  });
}

/** The last day of any task, as the deadline is the furthest of them; else what it promises. */
const deadlineOf = (poam: PoamFacts): string | null =>
  [
    ...tasksOf(poam).map(({ timing }) => timing['on-date'].date.slice(0, 10)),
    ...(poam.scheduledOn === null ? [] : [poam.scheduledOn]),
  ]
    .toSorted()
    .at(-1) ?? null;

function logOf(poam: PoamFacts, deviations: readonly DeviationFacts[]) {
  const entry = (key: string, title: string, on: string, type: string, description?: string) => ({
    uuid: idOf('log', poam.poamId, key),
    title,
    ...(description === undefined ? {} : { description }),
    start: dayStart(on),
    props: [prop('type', type)],
  });
  return [
    ...deviations.flatMap(({ id, kind, checkIns, requestedOn, decidedOn, state, rationale }) => [
      entry(
        `dr-${id}`,
        `Deviation requested: ${kind.replaceAll('_', ' ')}`,
        requestedOn,
        'dr-submission',
        rationale,
      ),
      ...(decidedOn === null
        ? []
        : [
            entry(
              `drd-${id}`,
              `Deviation ${state}`,
              decidedOn,
              state === 'rejected' ? 'dr-rejected' : 'dr-approved',
            ),
          ]),
      ...checkIns.map(({ on, note }, index) =>
        entry(`ci-${id}-${index}`, 'Vendor check-in', on, 'vendor-check-in', note),
      ),
    ]),
    ...poam.milestones.flatMap(({ text, completedOn }, index) =>
      completedOn === null
        ? []
        : [entry(`ms-${index}`, text.split('\n')[0] || 'Milestone', completedOn, 'milestone-complete')],
    ),
    ...(poam.completedOn === null ? [] : [entry('closed', 'Closed', poam.completedOn, 'closed')]),
  ].toSorted((one, other) => one.start.localeCompare(other.start));
}

function riskOf(poam: PoamFacts, deviations: readonly DeviationFacts[]) {
  const tasks = tasksOf(poam);
  const deadline = deadlineOf(poam);
  const recommendation =
    poam.recommendations ?? poam.weaknesses[0]?.solution ?? 'No recommendation is recorded.';
  const mitigation = deviations.find(({ kind, state }) => kind === 'risk_adjustment' && state === 'approved');
  return {
    uuid: idOf('risk', poam.poamId),
    title: poam.title,
    description: poam.description,
    statement: poam.impactDescription ?? poam.description,
    ...listed('props', riskProps(poam, deviations)),
    status: oscalStatusOf(poam.status, deviations),
    characterizations: [{ origin: originOf(poam), facets: facetsOf(poam, deviations) }],
    ...(mitigation
      ? {
          'mitigating-factors': [
            { uuid: idOf('factor', String(mitigation.id)), description: mitigation.rationale },
          ],
        }
      : {}),
    ...(deadline === null ? {} : { deadline: dayStart(deadline) }),
    remediations: [
      {
        uuid: idOf('recommendation', poam.poamId),
        lifecycle: 'recommendation',
        title: 'Recommended response',
        description: recommendation,
      },
      {
        uuid: idOf('planned', poam.poamId),
        lifecycle: 'planned',
        title: 'Remediation plan',
        description: poam.plan ?? noPlan,
        ...listed('tasks', tasks),
      },
    ],
    ...(logOf(poam, deviations).length === 0 ? {} : { 'risk-log': { entries: logOf(poam, deviations) } }),
    'related-observations': [{ 'observation-uuid': idOf('observation', poam.poamId) }],
  };
}

function observationOf(poam: PoamFacts, fallback: string) {
  return {
    uuid: idOf('observation', poam.poamId),
    title: poam.title,
    description: poam.weaknesses[0]?.description ?? poam.description,
    ...listed('props', [
      ...poam.weaknesses.flatMap(({ pluginId }) => (pluginId === null ? [] : [prop('plugin-id', pluginId)])),
      ...poam.cves.map((cve) => ownProp('cve', cve)),
    ]),
    methods: ['TEST'],
    types: ['finding'],
    origins: [{ actors: [{ type: 'party', 'actor-uuid': sourceOf(poam) }] }],
    ...listed(
      'subjects',
      poam.assets.map(({ id, name }) => ({
        'subject-uuid': idOf('asset', id),
        type: 'inventory-item',
        title: name,
      })),
    ),
    collected: dayStart(poam.detectedOn ?? poam.madeOn ?? fallback),
  };
}

/** Properties and links that an imported file had and that we do not write ourselves. */
function keptOf(poam: PoamFacts, own: ReadonlySet<string>) {
  const item = poam.inFiles?.['oscal']?.beside['item'];
  const kept = typeof item === 'object' && item !== null ? (item as Readonly<Record<string, unknown>>) : {};
  const props = Array.isArray(kept['props']) ? (kept['props'] as { readonly name?: unknown }[]) : [];
  return {
    props: props.filter(({ name }) => typeof name === 'string' && !own.has(name.toLowerCase())),
    ...(Array.isArray(kept['links']) ? { links: kept['links'] as unknown[] } : {}),
  };
}

/** What an importer reads as the item's own, whoever wrote it. */
const ownProps: ReadonlySet<string> = new Set([
  'poam-id',
  'point-of-contact',
  'poc',
  'resources-required',
  'completion-date',
  'status',
]);

function itemOf(poam: PoamFacts) {
  const { props, links } = keptOf(poam, ownProps);
  return {
    uuid: idOf('item', poam.poamId),
    title: poam.title,
    description: poam.description,
    props: [
      prop('POAM-ID', poam.remoteId ?? poam.poamId),
      ...(poam.contact === null ? [] : [ownProp('point-of-contact', poam.contact)]),
      ...(poam.resources === null ? [] : [ownProp('resources-required', poam.resources)]),
      ...(poam.completedOn === null ? [] : [ownProp('completion-date', poam.completedOn)]),
      ...props,
    ],
    ...(links === undefined ? {} : { links }),
    'related-observations': [{ 'observation-uuid': idOf('observation', poam.poamId) }],
    'related-risks': [{ 'risk-uuid': idOf('risk', poam.poamId) }],
    ...(poam.comments === null ? {} : { remarks: poam.comments }),
  };
}

export type OscalVersion = '1.0.4' | '1.2.1';

function documentOf(
  snapshot: Snapshot,
  { version, ssp }: { readonly version: OscalVersion; readonly ssp: string },
) {
  const [boundary] = snapshot.boundaries;
  const poams = snapshot.poams.filter(({ status }) => status !== 'Cancelled');
  const byPoam = Map.groupBy(snapshot.deviations, ({ poamId }) => poamId);
  const party = (uuid: string, type: 'person' | 'organization', name: string | null) =>
    [uuid, { uuid, type, name: name ?? nobodyNamed }] as const;
  const parties = new Map(
    poams.flatMap((poam) => [
      party(partyOf(poam), 'person', poam.contact),
      party(sourceOf(poam), 'organization', poam.source),
    ]),
  );
  const risk = (poam: PoamFacts) => riskOf(poam, byPoam.get(poam.poamId) ?? []);
  return {
    'plan-of-action-and-milestones': {
      uuid: idOf('poam', snapshot.boundary ?? 'all', snapshot.takenAt),
      metadata: {
        title: `Plan of Action and Milestones: ${snapshot.boundaries.map(({ name }) => name).join(', ') || 'every boundary'}`,
        'last-modified': snapshot.takenAt,
        version: snapshot.takenAt.slice(0, 10),
        'oscal-version': version,
        props: [{ name: 'marking', value: snapshot.marking || 'none' }],
        parties: [...parties.values()],
        remarks: `Made by ${snapshot.generator}; data as of ${snapshot.takenAt}; period ${snapshot.period.from} to ${snapshot.period.to}.`,
      },
      ...(ssp === '' ? {} : { 'import-ssp': { href: ssp } }),
      ...(boundary === undefined || snapshot.boundary === null
        ? {}
        : { 'system-id': { id: boundary.systemId } }),
      ...listed(
        'observations',
        poams.map((poam) => observationOf(poam, snapshot.takenAt.slice(0, 10))),
      ),
      ...listed('risks', poams.map(risk)),
      'poam-items': poams.map(itemOf),
    },
  };
}

/** What OSCAL has no place for, of a POA&M that is written. */
function lostIn(poam: PoamFacts): ReportNote[] {
  if (poam.status === 'Cancelled') return [];
  const subject = poam.remoteId ?? poam.poamId;
  const undated = poam.milestones.length - tasksOf(poam).length;
  return [
    ...(poam.severity === null ? [{ code: 'no_rating', subject } as const] : []),
    ...(undated > 0 ? [{ code: 'left_out_milestone', subject, detail: String(undated) } as const] : []),
    ...unsaidNotes(poam, ['rating', 'relevance', 'residual', 'deviationRationale', 'cost']),
  ];
}

/** @throws TielineError REPORT_EMPTY: OSCAL wants at least one item; REPORT_NOT_VALID. */
export async function oscalPoam(
  snapshot: Snapshot,
  options: { readonly version: OscalVersion; readonly ssp: string },
): Promise<Rendered> {
  const document = documentOf(snapshot, options);
  if (document['plan-of-action-and-milestones']['poam-items'].length === 0)
    throw new TielineError('REPORT_EMPTY', 'There is no POA&M to write, and OSCAL wants at least one.');
  refuseFaults('OSCAL', await oscalFaults(document));
  const notes: ReportNote[] = [
    ...snapshot.poams.flatMap(lostIn),
    ...snapshot.poams.flatMap(({ poamId, remoteId, status }) =>
      status === 'Cancelled'
        ? [{ code: 'left_out_status' as const, subject: remoteId ?? poamId, detail: status }]
        : [],
    ),
    ...brokenRules(document).map(({ rule, subject }) => ({
      code: 'rule_broken' as const,
      subject,
      detail: rule,
    })),
  ];
  return {
    bytes: new TextEncoder().encode(`${JSON.stringify(document, null, 2)}\n`),
    fileName: `oscal-poam-${(snapshot.boundary ?? 'all').replaceAll(/[^\w-]+/g, '-')}-${snapshot.takenAt.slice(0, 10)}.json`,
    mediaType: mediaTypes.json,
    notes,
  };
}
