/** Who something is for: a person or a team by name; those who can be given work are suggested. */
import { Autocomplete, type AutocompleteProps } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { assigneesQuery } from '../api/work/remediation.ts';
import { useMay } from '../shell/use-session.ts';

export const AssigneeField = (props: Omit<AutocompleteProps, 'data'>) => {
  const people = useQuery({ ...assigneesQuery, enabled: useMay('remediation:write') });
  return <Autocomplete {...props} data={(people.data ?? []).map(({ name }) => name)} />;
};

export const assigneeWords = ({
  assignedTo,
  isTeam,
}: {
  readonly assignedTo: string | null;
  readonly isTeam: boolean;
}): string => (assignedTo === null ? 'anybody' : `${assignedTo}${isTeam ? ' (team)' : ''}`);
