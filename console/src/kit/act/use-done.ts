import { type QueryKey, useQueryClient } from '@tanstack/react-query';
import { tell } from '../notice.tsx';

/**
 * How a dialog ends: it reports the result, closes, and reloads what it changed.
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
