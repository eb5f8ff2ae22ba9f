/** What scanners find, by kind of machine. Names, families and CVEs in the manner of the public plugin catalogue; the ids of invented rows lie where no real plugin has them. */
/** `server` is Linux or Windows. */
export type MachineKind = 'linux' | 'windows' | 'network' | 'server' | 'any';

export interface CatalogRow {
  readonly id: number;
  readonly kind: MachineKind;
  readonly family: string;
  readonly severity: 0 | 1 | 2 | 3 | 4;
  readonly name: string;
  readonly port?: number;
  readonly protocol?: 'TCP' | 'UDP';
  readonly service?: string;
  readonly cves?: readonly string[];
  readonly solution?: string;
  /** ISO date, where the name tells it. */
  readonly publishedOn?: string;
}
