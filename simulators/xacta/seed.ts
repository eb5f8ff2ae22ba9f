/** The data that the simulator starts with, from the world's seed: the same on every start. */
import { createRandom, daysBefore, randomUuid } from '../world/random.ts';
import type { World, WorldComponent, WorldOptions, WorldSystem } from '../world/world.ts';
import { controlCatalog, type CatalogControl } from './control-catalog.ts';
import type { XactaComponent, XactaControl, XactaPoam, XactaSystem } from './records.ts';
import { seedPoams } from './seed-poams.ts';
import type { ScanWeakness } from './scan-weaknesses.ts';

export interface Seed {
  readonly systems: readonly XactaSystem[];
  readonly components: readonly XactaComponent[];
  readonly controls: readonly XactaControl[];
  readonly poams: readonly XactaPoam[];
}

/**
 * @param components those of the world, or others that stand for recorded machines
 * @param weaknesses high and critical scan results of these systems, some of which the record covers already
 */
export function createSeed(
  options: WorldOptions,
  world: Pick<World, 'systems'>,
  components: readonly WorldComponent[],
  weaknesses: readonly ScanWeakness[],
): Seed {
  const own = Map.groupBy(components, ({ systemId }) => systemId);
  const controls = world.systems.flatMap((system, index) =>
    controlCatalog.map((control, row) => controlOf(options, system, index, control, row)),
  );
  return {
    systems: world.systems.map((system) => systemOf(options, system, own.get(system.id) ?? [])),
    components: components.map((component) => componentOf(options, component)),
    controls,
    poams: seedPoams(options, world.systems, components, weaknesses),
  };
}

/** The first systems only, and what belongs to them. */
export function seedOfSystems(seed: Seed, count: number): Seed {
  const systems = seed.systems.slice(0, count);
  const isTheirs = (each: { readonly system_id: string }): boolean =>
    systems.some((system) => system.id === each.system_id);
  return {
    systems,
    components: seed.components.filter(isTheirs),
    controls: seed.controls.filter(isTheirs),
    poams: seed.poams.filter(isTheirs),
  };
}

/**
 * One system with so many controls and POA&Ms that no rule of the server keeps from being edited, each with one milestone:
 * for tests that begin anew hundreds of times.
 */
export function smallSeed(seed: Seed, records: number): Seed {
  const [system] = seed.systems;
  if (!system) return seed;
  return {
    systems: [system],
    components: [],
    controls: seed.controls.filter((each) => each.system_id === system.id).slice(0, records),
    poams: seed.poams.slice(0, records).map((poam, index) => ({
      ...poam,
      system_id: system.id,
      security_control: null,
      review_status: 'not_approved',
      status: 'ongoing',
      scheduled_completion: '2027-12-31',
      completion_date: null,
      milestones: [
        {
          id: `MS-${String(index + 1).padStart(5, '0')}`,
          poam_id: poam.id,
          description: 'Apply the patch',
          target_date: '2027-03-01',
          status: 'pending',
          completion_date: null,
          comments: null,
          modified_at: poam.modified_at,
          version: 1,
        },
      ],
    })),
  };
}

const uuidPrefixes: Readonly<Record<string, string>> = {
  'SYS-ENT-001': 'ent-web',
  'SYS-ENT-002': 'ent-ad',
  'SYS-ENT-003': 'ent-db',
  'SYS-ENT-004': 'ent-net',
  'SYS-ENT-005': 'ent-erp',
};

function systemOf(
  options: WorldOptions,
  system: WorldSystem,
  components: readonly WorldComponent[],
): XactaSystem {
  const random = createRandom(options.seed, 'xacta system', system.id);
  return {
    id: system.id,
    name: system.name,
    uuid: `${uuidPrefixes[system.id] ?? 'ent-sys'}-${randomUuid(random)}`,
    status: 'operational',
    authorization_boundary: system.boundary,
    system_type: system.systemType,
    impact_level: { ...system.impact },
    responsible_organization: system.organization,
    system_owner: system.owner,
    information_system_security_officer: system.isso,
    authorizing_official: system.authorizingOfficial,
    last_assessment_date: system.assessedOn,
    authorization_date: system.authorizedOn,
    authorization_termination_date: system.authorizationEndsOn,
    assets: components.flatMap(({ tenableUuid }) => tenableUuid ?? []),
    modified_at: daysBefore(options.now, random.between(20, 200)),
    version: random.between(1, 9),
  };
}

function componentOf(options: WorldOptions, component: WorldComponent): XactaComponent {
  const random = createRandom(options.seed, 'xacta component', component.id);
  return {
    id: component.id,
    system_id: component.systemId,
    name: component.name,
    component_type: component.componentType,
    description: `${component.componentType} ${component.name}, run by ${component.technicalOwner}`,
    operating_system: component.operatingSystem,
    owner: component.owner,
    technical_owner: component.technicalOwner,
    hostname: component.hostname ?? null,
    fqdn: component.fqdn ?? null,
    netbios_name: component.netbiosName ?? null,
    ip_address: component.ipv4 ?? null,
    mac_address: component.macAddress ?? null,
    bios_uuid: component.biosUuid ?? null,
    tenable_uuid: component.tenableUuid ?? null,
    modified_at: daysBefore(options.now, random.between(5, 300)),
    version: random.between(1, 4),
  };
}

const implementations = [
  'implemented',
  'implemented',
  'partially_implemented',
  'implemented',
  'not_implemented',
  'partially_implemented',
  'implemented',
] as const;

const logService = {
  provider: 'Enterprise Log Service',
  description: 'Event logging is provided and assessed by the enterprise log service.',
  responsibility: 'inherited',
} as const;

function controlOf(
  options: WorldOptions,
  system: WorldSystem,
  systemIndex: number,
  control: CatalogControl,
  row: number,
): XactaControl {
  const random = createRandom(options.seed, 'xacta control', system.id, control.id);
  // Two systems leave event logging to the enterprise log service, which answers for it.
  const inherited = control.id === 'AU-2' && (systemIndex === 1 || systemIndex === 4);
  const implementation = inherited
    ? 'implemented'
    : (implementations[(systemIndex * 5 + row) % implementations.length] ?? 'implemented');
  const satisfied = implementation === 'implemented';
  const assessed = satisfied ? 'satisfied' : 'other_than_satisfied';
  const assessment = random.chance(0.12) && !inherited ? 'not_assessed' : assessed;
  const short = control.id.replace('-', '');
  return {
    id: `CTL-${system.id}-${control.id}`,
    system_id: system.id,
    control_id: control.id,
    control_title: control.title,
    family: control.family,
    priority: control.id === 'CM-7' || control.id === 'SA-22' ? 'P2' : 'P1',
    implementation_status: implementation,
    assessment_status: assessment,
    responsible_role: control.role,
    last_assessed: assessment === 'not_assessed' ? null : daysBefore(options.now, random.between(30, 330)),
    implementation_guidance: control.guidance,
    findings:
      assessment === 'other_than_satisfied'
        ? [
            {
              id: `FIND-${short}-${String(systemIndex + 1).padStart(3, '0')}`,
              severity: random.pick(['low', 'moderate', 'high']),
              description: `${control.title}: the implementation does not cover all components of ${system.name}.`,
              recommendation: 'Extend the implementation to the remaining components and assess again.',
              target_date: daysBefore(options.now, -random.between(20, 160)).slice(0, 10),
              poc: 'security@enterprise.example',
            },
          ]
        : [],
    evidence: satisfied
      ? [
          {
            id: `DOC-${short}-${String(systemIndex + 1).padStart(3, '0')}`,
            name: `${control.title} procedure`,
            type: 'procedure',
            location: `/procedures/${control.id.toLowerCase()}.pdf`,
            upload_date: daysBefore(options.now, random.between(40, 400)).slice(0, 10),
          },
        ]
      : [],
    inherited_controls: inherited ? [{ ...logService }] : [],
    residual_risk: satisfied ? 'low' : 'moderate',
    modified_at: daysBefore(options.now, random.between(10, 200)),
    version: random.between(1, 6),
  };
}
