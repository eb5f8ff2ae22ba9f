import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { tell } from '../notice.tsx';

/**
 * What a dialog ends with: it says what came of it, closes, and what it changed is asked for anew.
 * @param changed keys of the queries; undefined: all of them.
 */
export function useDone(onClose: () => void, changed?: readonly QueryKey[]): (told: string) => Promise<void> {
  const queryClient = useQueryClient();
  return async (told) => {
    tell(told);
    onClose();
    if (changed === undefined) await queryClient.invalidateQueries();
    else for (const queryKey of changed) await queryClient.invalidateQueries({ queryKey });
  };
}
