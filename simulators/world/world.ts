/**
 * The enterprise that both simulators show a side of: the same machines, seen by a scanner and by the record of
 * authorized systems. Everything is derived from a seed, so two processes that are given the same seed, size and
 * `now` see the same world without talking to each other.
 */

/** An authorized system, as the GRC side knows it. */
export interface WorldSystem {
  readonly id: string; // SYS-ENT-001
  readonly name: string;
  readonly boundary: string;
  readonly systemType: string;
  readonly organization: string;
  readonly owner: string;
  readonly isso: string;
  readonly authorizingOfficial: string;
  readonly impact: {
    readonly confidentiality: string;
    readonly integrity: string;
    readonly availability: string;
  };
  readonly authorizedOn: string; // ISO instant
  readonly assessedOn: string;
  readonly authorizationEndsOn: string;
}

/** A machine as it truly is. What each side knows of it is less. */
export interface WorldHost {
  readonly tenableUuid: string;
  readonly hostname: string; // web01
  readonly domain: string; // enterprise.example
  readonly netbiosName: string;
  readonly ipv4: string;
  readonly macAddresses: readonly string[];
  readonly biosUuid: string;
  readonly agentUuid: string | undefined;
  readonly operatingSystem: string;
  readonly role: string; // "web server"
  readonly systemId: string | undefined;
  readonly firstSeen: string;
  readonly lastSeen: string;
}

/** A component of a system in the GRC record; `hostUuid` is what it truly is, for tests, and is never served. */
export interface WorldComponent {
  readonly id: string; // CMP-0001
  readonly systemId: string;
  readonly name: string;
  readonly componentType: string;
  readonly operatingSystem: string;
  readonly owner: string;
  readonly technicalOwner: string;
  readonly hostname: string | undefined;
  readonly fqdn: string | undefined;
  readonly netbiosName: string | undefined;
  readonly ipv4: string | undefined;
  readonly macAddress: string | undefined;
  readonly biosUuid: string | undefined;
  readonly tenableUuid: string | undefined;
  readonly hostUuid: string | undefined;
}

export interface WorldScores {
  readonly cvss2: number;
  readonly cvss2Vector: string;
  readonly cvss3: number;
  readonly cvss3Vector: string;
  /** 0 to 10 */
  readonly vpr: number;
  /** 0 to 100, as Tenable tells it; other sources have 0 to 1. */
  readonly epssPercent: number;
}

export interface WorldPlugin {
  readonly id: number;
  readonly name: string;
  readonly family: string;
  readonly severity: 0 | 1 | 2 | 3 | 4;
  readonly synopsis: string;
  readonly description: string;
  readonly solution: string;
  readonly cves: readonly string[];
  /** None for information. */
  readonly scores: WorldScores | undefined;
  readonly port: number;
  readonly protocol: 'TCP' | 'UDP';
  readonly service: string | undefined;
  readonly publishedOn: string;
  readonly hasPatch: boolean;
  readonly exploitAvailable: boolean;
}

export interface World {
  readonly systems: readonly WorldSystem[];
  readonly hosts: readonly WorldHost[];
  readonly components: readonly WorldComponent[];
  readonly plugins: readonly WorldPlugin[];
}

/** How the world is made. `size` multiplies hosts, components and findings (1 is the demo; 100 is the large one). */
export interface WorldOptions {
  readonly seed: number;
  readonly size: number;
  /** The instant that "now" is in this world; dates are set relative to it. */
  readonly now: Date;
}
