/** Who something is for: a person or a team by name; those who can be given work are suggested. */
import { Autocomplete, type AutocompleteProps } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { assigneesQuery } from '../api/work/remediation.ts';
import { useMay } from '../shell/use-session.ts';

/** @param isPerson whether it is for a person alone, and not for a team. */
export const AssigneeField = ({
  isPerson = false,
  ...props
}: Omit<AutocompleteProps, 'data'> & { readonly isPerson?: boolean }) => {
  const people = useQuery({ ...assigneesQuery, enabled: useMay('remediation:write') });
  const fitting = (people.data ?? []).filter(({ kind }) => !isPerson || kind === 'person');
  return <Autocomplete {...props} data={fitting.map(({ name }) => name)} />;
};

export const assigneeWords = ({
  assignedTo,
  isTeam,
}: {
  readonly assignedTo: string | null;
  readonly isTeam: boolean;
}): string => (assignedTo === null ? 'anybody' : `${assignedTo}${isTeam ? ' (team)' : ''}`);
