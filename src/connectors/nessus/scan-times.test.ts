import { describe, expect, it } from 'vitest';
import { ScanTimes, isTimeZone } from './scan-times.ts';

const take = (text: string, zone?: string): string | undefined => new ScanTimes(zone).take(text);

describe('a time of a scan file', () => {
  it.each([
    ['Feb 9, 2024 10:48:42 CET', '2024-02-09T09:48:42.000Z'],
    ['Oct 17, 2024 17:24:54 CEST', '2024-10-17T15:24:54.000Z'],
    ['Feb 9, 2024 10:48:42 JST', '2024-02-09T01:48:42.000Z'],
    ['Feb 9, 2024 10:48:42 NZDT', '2024-02-08T21:48:42.000Z'],
    ['Feb 9, 2024 10:48:42 EST', '2024-02-09T15:48:42.000Z'],
    ['Feb 9, 2024 10:48:42 Europe/Paris', '2024-02-09T09:48:42.000Z'],
    ['Jul 9, 2024 10:48:42 (America/New_York)', '2024-07-09T14:48:42.000Z'],
    ['2024-02-09 10:48:42 +0530', '2024-02-09T05:18:42.000Z'],
    ['2025-03-03T10:00:00.12031+00:00', '2025-03-03T10:00:00.120Z'],
    ['2024/02/09 10:48:42 UTC+2', '2024-02-09T08:48:42.000Z'],
    ['Tue Mar 22 14:54:47 CET 2022', '2022-03-22T13:54:47.000Z'],
    ['Tue Mar 22 14:54:47 2022', '2022-03-22T14:54:47.000Z'],
    ['09.02.2024 10:48', '2024-02-09T10:48:00.000Z'],
    ['17/10/2024 10:48:42', '2024-10-17T10:48:42.000Z'],
    ['10/17/2024 10:48:42', '2024-10-17T10:48:42.000Z'],
    ['2019/01/02', '2019-01-02T00:00:00.000Z'],
    ['1740996000', '2025-03-03T10:00:00.000Z'],
  ])('a time of a scan file: %s is read as %s', (text, instant) => {
    expect(take(text)).toBe(instant);
  });

  it('a time of a scan file without a zone is in the zone of the source', () => {
    expect(take('2024-07-09 10:48:42', 'Europe/Paris')).toBe('2024-07-09T08:48:42.000Z');
    expect(take('2024-07-09 10:48:42')).toBe('2024-07-09T10:48:42.000Z');
  });

  it('a time of a scan file in an ambiguous zone is read where the source decides, else noted once with its count', () => {
    expect(take('Feb 9, 2024 10:48:42 IST', 'Asia/Kolkata')).toBe('2024-02-09T05:18:42.000Z');
    expect(take('Jul 9, 2024 10:48:42 IST', 'Europe/Dublin')).toBe('2024-07-09T09:48:42.000Z');
    expect(take('Feb 9, 2024 10:48:42 CST', 'Asia/Shanghai')).toBe('2024-02-09T02:48:42.000Z');
    for (const zone of [undefined, 'America/Chicago']) {
      const times = new ScanTimes(zone);
      expect(times.take('Feb 9, 2024 10:48:42 IST')).toBeUndefined();
      expect(times.take('Feb 10, 2024 10:48:42 IST')).toBeUndefined();
      expect(times.untaken).toMatchObject([{ zone: 'IST', example: 'Feb 9, 2024 10:48:42 IST', times: 2 }]);
    }
  });

  it('a time of a scan file that cannot be read is noted, and an empty one is not', () => {
    const times = new ScanTimes();
    for (const text of ['N/A', '', '-1', 'Never', undefined, '1970-01-01'])
      expect(times.take(text)).toBeUndefined();
    expect(times.untaken).toEqual([]);
    expect(times.take('Feb 9, 2024 10:48:42 XYZ')).toBeUndefined();
    for (const text of ['9. Hornung 2024', '03/04/2024']) expect(times.take(text)).toBeUndefined();
    expect(times.untaken.map((each) => each.reason)).toEqual([
      'the zone XYZ is not known',
      '"9. Hornung 2024" is not a time that means one thing',
    ]);
    expect([isTimeZone('Europe/Dublin'), isTimeZone('Europe/Atlantis')]).toEqual([true, false]);
  });
});
