import { useSuspenseQuery } from '@tanstack/react-query';
import type { Permission } from '../../../src/canonical/access/index.ts';
import { type Bootstrap, bootstrapQuery } from '../api/access/session.ts';
import { permissionWords } from './words.ts';

/** Below the shell's route, which waits for it. */
export const useSession = (): Bootstrap => useSuspenseQuery(bootstrapQuery).data;
export const useMay = (permission: Permission): boolean => useSession().permissions[permission] !== undefined;
/** Why a person may not do this, as a sentence; undefined: they may. */
export function useWhyNot(permission: Permission): string | undefined {
  return useMay(permission)
    ? undefined
    : `You may not ${permissionWords[permission] ?? permission}. An administrator can give you ${permission}.`;
}
