/** Values as scan files spell them. Pure. */
import { isJsonObject, type Json } from '../../platform/values/index.ts';

/** A list that is written one to a line, or as a JSON list. */
export function listOf(text: string): string[] {
  const trimmed = text.trim();
  if (trimmed.startsWith('[')) {
    try {
      const parsed = JSON.parse(trimmed) as Json;
      if (Array.isArray(parsed))
        return parsed.flatMap((each) =>
          typeof each === 'string'
            ? [each]
            : isJsonObject(each)
              ? Object.values(each)
                  .filter((value) => typeof value === 'string')
                  .slice(0, 1)
              : [],
        );
    } catch {
      // Not JSON after all: a line that begins with a bracket.
    }
  }
  return trimmed
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
}

/** `CVSS2#AV:N/…` and bare `AV:N/…` are the same vector; that of version 3 keeps its `CVSS:3.0/`. */
export const vectorOf = (text: string): string => text.trim().replace(/^CVSS2#/, '');

/** A score from 0 to 10, or undefined. Spreadsheets of half the world write 7,5. */
export function scoreOf(text: string | undefined): number | undefined {
  if (!text?.trim()) return undefined;
  const score = Number(text.trim().replace(/^(\d+),(\d+)$/, '$1.$2'));
  return Number.isFinite(score) && score >= 0 && score <= 10 ? score : undefined;
}

const states: Readonly<Record<string, string>> = {
  active: 'open',
  new: 'open',
  open: 'open',
  resurfaced: 'reopened',
  reopened: 'reopened',
  fixed: 'fixed',
  mitigated: 'fixed',
  remediated: 'fixed',
};
/** The state that a file reports; files of Nessus report none, and list what is open. */
export const stateOf = (text: string | undefined): string =>
  states[text?.trim().toLowerCase() ?? ''] ?? 'open';
