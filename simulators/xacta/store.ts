/** What the simulated Xacta holds, in memory. Lists keep the order in which records were made. */
import type { Seed } from './seed.ts';
import type {
  MilestoneFields,
  PoamFields,
  Stamped,
  XactaArtifact,
  XactaComponent,
  XactaControl,
  XactaMilestone,
  XactaPoam,
  XactaSystem,
} from './records.ts';

export class XactaStore {
  readonly #seed: Seed;
  systems: XactaSystem[] = [];
  components: XactaComponent[] = [];
  controls: XactaControl[] = [];
  poams = new Map<string, XactaPoam>();
  artifacts: XactaArtifact[] = [];
  /** The number of the last artifact: one that was deleted leaves it taken. */
  artifactsMade = 0;
  /** What was deleted by an edit of a test, by `entity id`. */
  readonly removed = new Map<string, { readonly record: Stamped; putBack(): void }>();
  #lastPoam = 0;
  #lastMilestone = 0;

  constructor(seed: Seed) {
    this.#seed = seed;
    this.reset();
  }

  reset(): void {
    const { systems, components, controls, poams } = structuredClone(this.#seed);
    this.systems = [...systems];
    this.components = [...components];
    this.controls = [...controls];
    this.poams = new Map(poams.map((poam) => [poam.id, poam]));
    this.artifacts = [];
    this.artifactsMade = 0;
    this.removed.clear();
    // The world may be a part of a larger one, whose numbers have gaps.
    this.#lastPoam = highest(poams.map((poam) => poam.id));
    this.#lastMilestone = highest(poams.flatMap((poam) => poam.milestones.map((each) => each.id)));
  }

  system(id: string): XactaSystem | undefined {
    return this.systems.find((each) => each.id === id);
  }

  controlsOf(systemId: string): XactaControl[] {
    return this.controls.filter((each) => each.system_id === systemId);
  }

  poamsOf(systemId: string): XactaPoam[] {
    return [...this.poams.values()].filter((each) => each.system_id === systemId);
  }

  /** The other POA&M of the system that bears the key already. */
  holderOf(systemId: string, externalUid: string | null, except?: string): XactaPoam | undefined {
    if (externalUid === null) return undefined;
    return this.poamsOf(systemId).find((each) => each.external_uid === externalUid && each.id !== except);
  }

  addPoam(
    systemId: string,
    fields: PoamFields,
    milestones: readonly MilestoneFields[],
    now: Date,
  ): XactaPoam {
    this.#lastPoam += 1;
    const at = now.toISOString();
    const id = `POAM-${now.getUTCFullYear()}-${String(this.#lastPoam).padStart(4, '0')}`;
    const poam: XactaPoam = {
      ...fields,
      id,
      system_id: systemId,
      review_status: 'not_approved',
      created_at: at,
      modified_at: at,
      version: 1,
      milestones: [],
    };
    poam.milestones = milestones.map((each) => this.#milestone(poam, each, at));
    this.poams.set(id, poam);
    return poam;
  }

  /** Adds a milestone; the POA&M shows it, so its version moves on too. */
  addMilestone(poam: XactaPoam, fields: MilestoneFields, now: Date): XactaMilestone {
    const milestone = this.#milestone(poam, fields, now.toISOString());
    poam.milestones.push(milestone);
    touch(poam, now);
    return milestone;
  }

  #milestone(poam: XactaPoam, fields: MilestoneFields, at: string): XactaMilestone {
    this.#lastMilestone += 1;
    return {
      ...fields,
      id: `MS-${String(this.#lastMilestone).padStart(5, '0')}`,
      poam_id: poam.id,
      status: fields.status ?? 'pending',
      modified_at: at,
      version: 1,
    };
  }
}

/** A record that was changed: its next version, at this instant. */
export function touch(record: Stamped, now: Date): void {
  record.version += 1;
  record.modified_at = now.toISOString();
}

/** The highest number with which an id ends. */
function highest(ids: readonly string[]): number {
  return ids.reduce((most, id) => Math.max(most, Number(/\d+$/.exec(id)?.[0] ?? 0)), 0);
}
