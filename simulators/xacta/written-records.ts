/**
 * Records that somebody wrote down in the words of this API, as what the server starts with: a folder with one file each of systems,
 * controls and POA&Ms. A system names its machines by Tenable's ids; each becomes a component that is known by that id alone.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { XactaComponent, XactaControl, XactaMilestone, XactaPoam, XactaSystem } from './records.ts';
import type { Seed } from './seed.ts';

type Written = Readonly<Record<string, unknown>>;

/** @param at when all of it was changed last, an ISO instant in UTC. @throws Error where a file is missing or has no such list. */
export function writtenSeed(folder: string, at: string): Seed {
  const stamp = { modified_at: at, version: 1 };
  const systems = listIn(folder, 'systems').map((each) => ({ ...each, ...stamp }) as unknown as XactaSystem);
  return {
    systems,
    components: systems.flatMap((system) => system.assets.map((uuid) => componentOf(system, uuid, stamp))),
    controls: listIn(folder, 'controls').map(
      (each) =>
        ({
          ...each,
          id: `CTL-${String(each['system_id'])}-${String(each['control_id'])}`,
          ...stamp,
        }) as unknown as XactaControl,
    ),
    poams: listIn(folder, 'poams').map((each) => poamOf(each, stamp)),
  };
}

function listIn(folder: string, what: string): Written[] {
  const file = readdirSync(folder).find((name) => name.startsWith('xacta') && name.includes(what));
  if (file === undefined) throw new Error(`--written: ${folder} has no file of Xacta's ${what}`);
  const list = (JSON.parse(readFileSync(join(folder, file), 'utf8')) as Record<string, unknown>)[what];
  if (!Array.isArray(list)) throw new Error(`--written: ${file} has no list "${what}"`);
  return list as Written[];
}

function componentOf(
  system: XactaSystem,
  uuid: string,
  stamp: { modified_at: string; version: number },
): XactaComponent {
  return {
    ...stamp,
    id: `CMP-${system.id}-${uuid.slice(-3)}`,
    system_id: system.id,
    name: `Machine ${uuid.slice(-3)} of ${system.name}`,
    component_type: 'server',
    description: '',
    operating_system: '',
    owner: system.system_owner,
    technical_owner: system.system_owner,
    hostname: null,
    fqdn: null,
    netbios_name: null,
    ip_address: null,
    mac_address: null,
    bios_uuid: null,
    tenable_uuid: uuid,
  };
}

const absent = {
  external_uid: null,
  completion_date: null,
  comments: null,
  review_status: 'not_approved',
} as const;

function poamOf(written: Written, stamp: { modified_at: string; version: number }): XactaPoam {
  const id = String(written['id']);
  const milestones = (written['milestones'] as readonly Written[]).map(
    (each, index) =>
      ({
        completion_date: null,
        comments: null,
        ...each,
        ...stamp,
        id: `MS-${id}-${index + 1}`,
        poam_id: id,
      }) as unknown as XactaMilestone,
  );
  return {
    ...absent,
    created_at: stamp.modified_at,
    ...written,
    ...stamp,
    milestones,
  } as unknown as XactaPoam;
}
