/** The POA&Ms that are in the record before Tieline comes: 24 for each unit of size, six of them about scan results. */
import { createRandom, daysBefore, type Random } from '../world/random.ts';
import type { WorldComponent, WorldOptions, WorldSystem } from '../world/world.ts';
import type { XactaMilestone, XactaPoam } from './records.ts';
import type { ScanWeakness } from './scan-weaknesses.ts';
import { writtenWeaknesses, type WrittenWeakness } from './weakness-catalog.ts';

const scanPoams = 6;
const writtenPoams = writtenWeaknesses.length; // 18

export function seedPoams(
  options: WorldOptions,
  systems: readonly WorldSystem[],
  components: readonly WorldComponent[],
  weaknesses: readonly ScanWeakness[],
): XactaPoam[] {
  const covered = spreadOverSystems(weaknesses, systems);
  const ownComponents = Map.groupBy(components, ({ systemId }) => systemId);
  const poams: XactaPoam[] = [];
  for (let block = 0; block < options.size; block += 1) {
    for (let index = 0; index < scanPoams; index += 1) {
      const weakness = covered[block * scanPoams + index];
      if (weakness) poams.push(aboutScan(options, poams.length, weakness));
    }
    for (const [index, written] of writtenWeaknesses.entries()) {
      const system = systems[(block + index) % systems.length];
      if (!system) continue;
      const own = ownComponents.get(system.id) ?? [];
      poams.push(aboutAssessment(options, poams.length, block, system, own, written));
    }
    // A large world runs out of plugins before it runs out of POA&Ms; the number holds all the same.
    for (let index = 0; poams.length < (block + 1) * (scanPoams + writtenPoams); index += 1) {
      const written = writtenWeaknesses[index % writtenPoams];
      const system = systems[(block + index + 2) % systems.length];
      if (!written || !system) break;
      poams.push(aboutAssessment(options, poams.length, block, system, [], written));
    }
  }
  return poams;
}

/** One system after the other, so that each has its share; the worst first, and plugins not yet covered before others. */
function spreadOverSystems(
  weaknesses: readonly ScanWeakness[],
  systems: readonly WorldSystem[],
): ScanWeakness[] {
  const own = Map.groupBy(weaknesses, ({ systemId }) => systemId);
  const queues = systems.map(({ id }) =>
    (own.get(id) ?? []).toSorted((a, b) => b.severity - a.severity || a.pluginId - b.pluginId),
  );
  const covered = new Set<number>();
  const spread: ScanWeakness[] = [];
  while (queues.some((queue) => queue.length > 0))
    for (const queue of queues) {
      const fresh = queue.findIndex((each) => !covered.has(each.pluginId));
      const [weakness] = queue.splice(Math.max(fresh, 0), 1);
      if (!weakness) continue;
      covered.add(weakness.pluginId);
      spread.push(weakness);
    }
  return spread;
}

function aboutScan(options: WorldOptions, index: number, weakness: ScanWeakness): XactaPoam {
  const random = createRandom(options.seed, 'xacta poam', index);
  const critical = weakness.severity === 4;
  const detected = random.between(12, 60);
  const late = index % 5 === 3;
  return poamOf(options, index, random, {
    systemId: weakness.systemId,
    description: weakness.pluginName,
    source: `Tenable plugin ${weakness.pluginId}`,
    control: /unsupported/i.test(weakness.pluginName) ? 'SA-22' : 'SI-2',
    resources: '1 System Administrator, maintenance window',
    status: late ? 'delayed' : 'ongoing',
    risk: critical ? 'critical' : 'high',
    detectedDaysAgo: detected,
    dueInDays: late ? -random.between(1, 10) : random.between(10, 60),
    mitigation: weakness.solution,
    assets: weakness.assets,
    cves: weakness.cves,
    cost: '$2,500',
  });
}

function aboutAssessment(
  options: WorldOptions,
  index: number,
  block: number,
  system: WorldSystem,
  components: readonly WorldComponent[],
  written: WrittenWeakness,
): XactaPoam {
  const random = createRandom(options.seed, 'xacta poam', index);
  const first = components.length === 0 ? 0 : random.between(0, components.length - 1);
  return poamOf(options, index, random, {
    systemId: system.id,
    description: block === 0 ? written.description : `${written.description} (site ${block + 1})`,
    source: written.source,
    control: written.control,
    resources: written.resources,
    status: written.status,
    risk: written.risk,
    detectedDaysAgo: random.between(60, 300),
    dueInDays: written.status === 'delayed' ? -random.between(3, 30) : random.between(20, 180),
    mitigation: written.mitigation,
    assets: components.slice(first, first + random.between(0, 3)).map((each) => each.name),
    cves: [],
    cost: written.cost,
  });
}

interface Draft {
  readonly systemId: string;
  readonly description: string;
  readonly source: string;
  readonly control: string;
  readonly resources: string;
  readonly status: string;
  readonly risk: 'low' | 'moderate' | 'high' | 'critical';
  readonly detectedDaysAgo: number;
  readonly dueInDays: number;
  readonly mitigation: string;
  readonly assets: readonly string[];
  readonly cves: readonly string[];
  readonly cost: string;
}

const titled = { low: 'Low', moderate: 'Moderate', high: 'High', critical: 'Critical' } as const;

function poamOf(options: WorldOptions, index: number, random: Random, draft: Draft): XactaPoam {
  const day = (inDays: number): string => daysBefore(options.now, -inDays).slice(0, 10);
  const id = `POAM-${day(-draft.detectedDaysAgo).slice(0, 4)}-${String(index + 1).padStart(4, '0')}`;
  const done = draft.status === 'completed';
  const accepted = draft.status === 'risk_accepted';
  const dueInDays = done ? -random.between(10, 40) : draft.dueInDays;
  const changed = daysBefore(options.now, random.between(2, Math.min(40, draft.detectedDaysAgo)));
  return {
    id,
    system_id: draft.systemId,
    external_uid: null,
    weakness_description: draft.description,
    source: draft.source,
    security_control: draft.control,
    resources: draft.resources,
    scheduled_completion: accepted ? null : day(dueInDays),
    completion_date: done ? day(dueInDays - 2) : null,
    poc: random.pick([
      'sysadmin@enterprise.example',
      'security@enterprise.example',
      'noc@enterprise.example',
      'dba@enterprise.example',
    ]),
    status: draft.status,
    review_status:
      index % 4 === 1 || done || accepted ? 'approved' : index % 4 === 2 ? 'under_review' : 'not_approved',
    risk_rating: draft.risk,
    deviation_rationale: accepted || draft.status === 'false_positive' ? draft.mitigation : null,
    original_detection_date: day(-draft.detectedDaysAgo),
    weakness_severity: titled[draft.risk],
    residual_risk: draft.risk === 'critical' || draft.risk === 'high' ? 'Medium' : 'Low',
    threat_relevance: draft.risk === 'low' ? 'Anticipated' : 'Confirmed',
    likelihood: draft.risk === 'low' ? 'Low' : 'Medium',
    impact: draft.risk === 'critical' ? 'Very High' : draft.risk === 'high' ? 'High' : 'Medium',
    mitigation_strategy: draft.mitigation,
    comments: done
      ? 'Verified by the assessor.'
      : accepted
        ? 'Accepted by the authorizing official for one year.'
        : null,
    affected_assets: [...draft.assets],
    cve_references: [...draft.cves],
    cost_estimate: draft.cost,
    created_at: daysBefore(options.now, draft.detectedDaysAgo - 1),
    modified_at: changed,
    version: random.between(1, 5),
    milestones: accepted
      ? []
      : milestonesOf({ id, index, changed, dueInDays, done, random, day, from: draft.detectedDaysAgo }),
  };
}

const steps = [
  'Agree the plan with the system owner',
  'Test the change outside production',
  'Carry out the change in the maintenance window',
  'Verify and update the system security plan',
] as const;

function milestonesOf(plan: {
  readonly id: string;
  readonly index: number;
  readonly changed: string;
  readonly dueInDays: number;
  readonly done: boolean;
  readonly random: Random;
  readonly from: number;
  readonly day: (inDays: number) => string;
}): XactaMilestone[] {
  const count = 1 + (plan.index % 4);
  return steps.slice(-count).map((description, row): XactaMilestone => {
    const at = Math.round(-plan.from + ((plan.dueInDays + plan.from) * (row + 1)) / count);
    const completed = plan.done || (at < 0 && row < count - 1);
    const target = plan.day(at);
    return {
      id: `MS-${String(plan.index * steps.length + row + 1).padStart(5, '0')}`,
      poam_id: plan.id,
      description,
      target_date: target,
      status: completed ? 'completed' : row === 0 ? 'in_progress' : 'pending',
      completion_date: completed ? plan.day(Math.min(at, -3)) : null,
      comments: null,
      modified_at: plan.changed,
      version: 1,
    };
  });
}
