import { useSuspenseQuery } from '@tanstack/react-query';
import type { Permission } from '../../../src/canonical/access/index.ts';
import { type Bootstrap, bootstrapQuery } from '../api/session.ts';

/** Below the shell's route, which waits for it. */
export const useSession = (): Bootstrap => useSuspenseQuery(bootstrapQuery).data;
export const useMay = (permission: Permission): boolean => useSession().permissions[permission] !== undefined;
