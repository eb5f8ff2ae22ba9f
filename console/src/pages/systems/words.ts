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
