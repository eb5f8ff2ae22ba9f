import { describe, expect, it } from 'vitest';
import { cefOf, ecsOf, type ForwardedEvent, framedEvent, ocsfOf } from './formats.ts';

const sender = { version: '1.2.3', host: 'host one', process: 7, facility: 13 };
const event: ForwardedEvent = {
  id: '7d3f0a4e-3d0a-4a53-9d7b-0d4b7a3f7c11',
  kind: 'grant_given',
  title: 'grant given',
  severity: 'Medium',
  outcome: 'refused',
  failureReason: 'a|b=c\\d\ne',
  occurredAt: '2026-11-27T09:00:00.123Z',
  who: 'jdoe|x=1',
  way: 'session',
  address: '192.0.2.7',
  objectType: 'grant',
  objectId: 'G-1',
  systemId: 'SYS-1',
  relatedId: null,
  details: { after: 'isso' },
  chain: 3,
  seq: 12,
  link: 'ab',
};

describe('a forwarded event', () => {
  it('in CEF escapes what would begin another field', () => {
    const line = cefOf(event, sender);
    expect(line.startsWith('CEF:0|Tieline|Tieline|1.2.3|grant_given|grant given|5|')).toBe(true);
    expect(line).toContain(String.raw`reason=a|b\=c\\d\ne`);
    expect(line).toContain(String.raw`suser=jdoe|x\=1`);
    expect(line).toContain('src=192.0.2.7');
    expect(line).toContain('cs3=3:12:ab cs3Label=chain');
    expect(line).not.toContain('\n');
  });

  it('in CEF bears an address of IPv6 in the field for it', () => {
    const line = cefOf({ ...event, address: '2001:db8::1' }, sender);
    expect(line).toContain('c6a2=2001:db8::1');
    expect(line).not.toContain('src=');
  });

  it('in ECS has the fields that searches go by', () => {
    expect(JSON.parse(ecsOf(event, sender))).toMatchObject({
      '@timestamp': event.occurredAt,
      event: { id: event.id, action: 'grant_given', category: ['iam'], outcome: 'failure', kind: 'event' },
      user: { name: event.who },
      source: { ip: '192.0.2.7' },
      tieline: { chain: { id: 3, seq: 12, link: 'ab' }, boundary: 'SYS-1' },
    });
  });

  it('in OCSF has the class of what happened', () => {
    expect(JSON.parse(ocsfOf(event, sender))).toMatchObject({
      class_uid: 3001,
      type_uid: 300_199,
      severity_id: 3,
      status_id: 2,
    });
    const kinds = (kind: ForwardedEvent['kind']) =>
      (JSON.parse(ocsfOf({ ...event, kind }, sender)) as { class_uid: number }).class_uid;
    expect([kinds('sign_in'), kinds('detection'), kinds('export')]).toEqual([3002, 2004, 6003]);
  });

  it('is framed by its length in bytes, as one line of RFC 5424', () => {
    const framed = framedEvent({ ...event, title: 'é', failureReason: null }, 'cef', sender).toString();
    const [, length = '', rest = ''] = /^(\d+) ([\s\S]*)$/.exec(framed) ?? [];
    expect(Buffer.byteLength(rest)).toBe(Number(length));
    expect(rest).toMatch(
      /^<108>1 2026-11-27T09:00:00\.123Z host_one tieline 7 grant_given \[tieline@32473 id="[0-9a-f-]+" chain="3" seq="12" link="ab"\] CEF:0/,
    );
  });
});
