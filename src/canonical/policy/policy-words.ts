/** A policy of a field in a sentence for people. */
import type { ConflictStrategy, FieldPolicy } from './policy.ts';

const whenBothEdited: Readonly<Record<ConflictStrategy, (connection: string) => string>> = {
  external_wins: (connection) => `both sides; ${connection} wins where both edited`,
  internal_wins: () => 'both sides; Tieline wins where both edited',
  newest_wins: () => 'both sides; the newer edit wins',
  manual: () => 'both sides; a person settles what both edited',
  union: () => 'both sides; what both added is joined',
  append: () => 'both sides; what both wrote is joined',
};

/** @param connection what the connection is called: `grc-prod`. */
export function policyWords({ direction, strategy }: FieldPolicy, connection: string): string {
  if (direction === 'inbound') return `${connection} decides`;
  if (direction === 'outbound') return 'Tieline decides';
  return whenBothEdited[strategy](connection);
}
