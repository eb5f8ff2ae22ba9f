export const stateWords = {
  reported: 'Reported',
  unreported: 'No longer reported',
  terminated: 'Terminated',
  deleted: 'Deleted',
} as const;
export const words = {
  title: 'Assets',
  many: 'assets',
  nothingYet: 'No machine is known yet. Import a scan file or run a sync, and machines appear here.',
};
