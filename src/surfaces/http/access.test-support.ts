/** What is asked of lists with every parameter that they need. */
export const queryOf = (id: string): string => {
  const noun = /^facet(\w+)$/.exec(id)?.[1];
  if (id === 'listViews') return '?list=poams';
  if (id === 'listPrivacyHits') return '?table=users';
  return noun === undefined ? '' : `?by=${facetsOf[noun] ?? ''}`;
};
const facetsOf: Readonly<Record<string, string>> = {
  Findings: 'severity,system',
  Assets: 'system',
  Poams: 'status,system',
  Milestones: 'system',
  Systems: 'status',
  Conflicts: 'system',
  Approvals: 'system',
  Outbox: 'system',
  Operations: 'type,status',
  Users: 'kind,status',
  Grants: 'role,source,state',
  Tokens: 'account,state',
  Imports: 'state',
  Matches: 'system',
  ApiCalls: 'connection,status',
  Tasks: 'state,system',
  WorkflowRuns: 'workflow,state',
  PrivacyRequests: 'state,status,type',
  Deviations: 'kind,state',
};
