export const words = {
  title: 'Systems',
  many: 'systems',
  nothingYet: 'No system has been read yet. Connect Xacta, then run a sync.',
};

/** Why the records of a system are not kept in agreement. */
export const syncWords = {
  excluded: 'switched off for this system',
  not_linked: 'it is not in the GRC system',
  connection_paused: 'the connection is paused',
} as const;
export const componentWords = {
  linked: { title: 'Matched', none: 'No component of this system is matched to an asset.' },
  component_without_asset: {
    title: 'Only in the GRC system',
    none: 'Every component of this system is matched to an asset.',
  },
  asset_without_component: {
    title: 'Only in scans',
    none: 'Every asset of this system is matched to a component.',
  },
} as const;
export const bucketWords: Readonly<Record<string, string>> = {
  overdue: 'Overdue',
  week: 'Within 7 days',
  month: 'Within 30 days',
  quarter: 'Within 90 days',
  later: 'Later',
  undated: 'Without a date',
};
