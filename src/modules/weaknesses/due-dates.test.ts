import { describe, expect, it } from 'vitest';
import { addDays, dueDateFor } from './due-dates.ts';

describe('due dates', () => {
  it('due dates count 7, 30, 90 and 180 days from first detection by the organization matrix', () => {
    const due = (['Critical', 'High', 'Medium', 'Low'] as const).map(
      (severity) => dueDateFor(severity, '2026-01-01')?.on,
    );
    expect(due).toEqual(['2026-01-08', '2026-01-31', '2026-04-01', '2026-06-30']);
  });

  it('due dates do not exist for purely informational findings', () => {
    expect(dueDateFor('Info', '2026-01-01')).toBeUndefined();
  });

  it('due dates are the earliest that a policy in force gives, with its reason', () => {
    const policies = [
      {
        name: 'old',
        version: '1',
        effectiveFrom: '2000-01-01',
        effectiveUntil: '2025-12-31',
        days: { High: 1 },
      },
      { name: 'slow', version: '1', effectiveFrom: '2000-01-01', days: { High: 60 } },
      { name: 'fast', version: '2', effectiveFrom: '2026-01-01', days: { High: 14 } },
    ];
    expect(dueDateFor('High', '2026-03-01', policies)).toEqual({
      on: '2026-03-15',
      reason: 'fast (version 2): high within 14 days of first detection on 2026-03-01',
    });
    expect(dueDateFor('High', '2025-03-01', policies)?.on).toBe('2025-03-02');
  });

  it('due dates cross a leap day and the end of a year', () => {
    expect(addDays('2028-02-28', 1)).toBe('2028-02-29');
    expect(addDays('2026-12-31', 1)).toBe('2027-01-01');
  });
});
