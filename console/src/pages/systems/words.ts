export const words = {
  title: 'Systems',
  many: 'systems',
  nothingYet: 'No system has been read yet. Connect Xacta, then run a sync.',
};
