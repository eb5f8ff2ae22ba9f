import type { CommandSpec, FirstLevel, NounSpec } from '../kit/command.ts';
import { several, wholeNumber } from '../kit/flags.ts';

const load: CommandSpec = {
  name: 'load',
  arguments: '<feed> <source>',
  description:
    'load a file of a threat feed: kev, epss, nvd, cve, ssvc, or a bundle of them (a folder with manifest.json)',
  options: [
    {
      flags: '--force <why>',
      description:
        'load it although it is older than what is there, or lacks many entries; the reason is kept',
    },
  ],
  examples: [
    'intelligence load kev known_exploited_vulnerabilities.json',
    'intelligence load epss epss_scores-2026-11-20.csv.gz',
    'intelligence load bundle /media/usb/feeds',
  ],
  action: async () => (await import('./intelligence.actions.ts')).load,
};

const bundle: NounSpec = {
  name: 'bundle',
  description: 'a folder with files of feeds, for networks without internet',
  commands: [
    {
      name: 'make',
      arguments: '<folder>',
      description:
        'write manifest.json over the files of feeds in a folder: which feed each is, its SHA-256 and its date',
      options: [
        {
          flags: '--file <name=feed>',
          description:
            'which feed a file is, where its name does not say so: kev, epss, nvd, cve or ssvc; may be given more than once',
          parse: several,
        },
      ],
      examples: [
        'intelligence bundle make /media/usb/feeds',
        'intelligence bundle make feeds --file scores.csv=epss',
      ],
      action: async () => (await import('./intelligence.actions.ts')).make,
    },
  ],
};

const sources: NounSpec = {
  name: 'sources',
  description: 'from where and when a worker loads feeds by itself; for those who have a network',
  commands: [
    {
      name: 'set',
      arguments: '<feed> <address>',
      description:
        'load a feed by itself: an address or a file; {date} in it stands for yesterday, {year} for this year',
      options: [
        {
          flags: '--cron <expression>',
          description: 'minute hour day month weekday, in UTC',
          default: '30 14 * * *',
        },
        { flags: '--disable', description: 'keep it, but do not load from it', default: false },
      ],
      examples: [
        'intelligence sources set kev https://www.cisa.gov/sites/default/files/feeds/known_exploited_vulnerabilities.json',
      ],
      action: async () => (await import('./sources.actions.ts')).setSource,
    },
    {
      name: 'remove',
      arguments: '<feed>',
      description: 'load it by hand only',
      action: async () => (await import('./sources.actions.ts')).removeSource,
    },
  ],
};

export const intelligence: FirstLevel = {
  commands: [
    {
      name: 'status',
      reads: true,
      description: 'which issue of each feed is loaded, how old it is, and when it is loaded next',
      isDefault: true,
      action: async () => (await import('./intelligence.actions.ts')).status,
    },
    load,
    bundle,
    {
      name: 'search',
      arguments: '[words]',
      description: 'CVEs by the beginning of their number, or by words of the KEV catalogue',
      options: [
        { flags: '--kev', description: 'only those that are known to be exploited', default: false },
        { flags: '--here', description: 'only those that a plugin of yours looks for', default: false },
        { flags: '--limit <n>', description: 'at most so many', parse: wholeNumber(1, 1000), default: 50 },
      ],
      examples: [
        'intelligence search CVE-2021-44',
        'intelligence search log4j',
        'intelligence search --kev --here',
      ],
      action: async () => (await import('./intelligence.actions.ts')).search,
    },
    {
      name: 'show',
      reads: true,
      arguments: '<cve>',
      description: 'all that is known of a CVE, from which feed and since when, and where it is open',
      examples: ['intelligence show CVE-2021-44228'],
      action: async () => (await import('./intelligence.actions.ts')).show,
    },
    sources,
  ],
};
