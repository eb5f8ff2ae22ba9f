/** Well-formed bodies of the routes of the life of POA&Ms, for the test of who may call what. */
export const lifeBodies = {
  completePoam: { reason: 'done' },
  reopenPoam: { reason: 'found again' },
  extendPoam: { to: '2030-01-01', reason: 'late' },
  setLifeSettings: { set: { reopenDays: 3 } },
};
