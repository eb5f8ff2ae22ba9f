/** The twelve controls that every system of the simulated organization has in scope (titles: NIST SP 800-53 revision 5). */
export interface CatalogControl {
  readonly id: string;
  readonly title: string;
  readonly family: string;
  readonly role: string;
  readonly guidance: string;
}

export const controlCatalog: readonly CatalogControl[] = [
  {
    id: 'AC-2',
    title: 'Account Management',
    family: 'Access Control',
    role: 'System Administrator',
    guidance:
      'Accounts are requested, approved, reviewed every quarter and disabled within a day of departure.',
  },
  {
    id: 'AC-17',
    title: 'Remote Access',
    family: 'Access Control',
    role: 'Network Administrator',
    guidance: 'Remote access is by the managed gateway only, with multi-factor authentication.',
  },
  {
    id: 'AU-2',
    title: 'Event Logging',
    family: 'Audit and Accountability',
    role: 'Security Operations Center',
    guidance: 'The event types of the logging standard are recorded and forwarded to the log collector.',
  },
  {
    id: 'CM-6',
    title: 'Configuration Settings',
    family: 'Configuration Management',
    role: 'Configuration Manager',
    guidance: 'Security technical implementation guides are applied; deviations are documented and approved.',
  },
  {
    id: 'CM-7',
    title: 'Least Functionality',
    family: 'Configuration Management',
    role: 'Configuration Manager',
    guidance: 'Services, ports and software that the mission does not need are disabled or removed.',
  },
  {
    id: 'IA-5',
    title: 'Authenticator Management',
    family: 'Identification and Authentication',
    role: 'System Administrator',
    guidance:
      'Default authenticators are changed before installation; passwords follow the enterprise policy.',
  },
  {
    id: 'RA-5',
    title: 'Vulnerability Monitoring and Scanning',
    family: 'Risk Assessment',
    role: 'Vulnerability Analyst',
    guidance: 'The system is scanned with credentials every week; results go to the system owner.',
  },
  {
    id: 'SA-22',
    title: 'Unsupported System Components',
    family: 'System and Services Acquisition',
    role: 'System Owner',
    guidance: 'Components are replaced before vendor support ends, or extended support is bought.',
  },
  {
    id: 'SC-7',
    title: 'Boundary Protection',
    family: 'System and Communications Protection',
    role: 'Network Administrator',
    guidance: 'Traffic across the boundary is denied by default and allowed by exception.',
  },
  {
    id: 'SC-8',
    title: 'Transmission Confidentiality and Integrity',
    family: 'System and Communications Protection',
    role: 'Network Administrator',
    guidance: 'Data in transit is protected by TLS 1.2 or later.',
  },
  {
    id: 'SC-13',
    title: 'Cryptographic Protection',
    family: 'System and Communications Protection',
    role: 'Security Engineer',
    guidance: 'Cryptographic modules are validated under FIPS 140-3 where data is controlled.',
  },
  {
    id: 'SI-2',
    title: 'Flaw Remediation',
    family: 'System and Information Integrity',
    role: 'System Administrator',
    guidance: 'Flaws are identified, reported and corrected within the time that their severity allows.',
  },
];
