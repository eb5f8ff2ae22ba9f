import { hash } from 'node:crypto';

/** The namespace of every UUID that Tieline derives; fixed for ever, since stored keys depend on it. */
const namespace = Buffer.from('6f1c7f0a5d2b5c5e9a3e3f7d1b8e4c21', 'hex');

/**
 * A UUID (version 5, RFC 9562 section 5.5) derived from parts: the same parts give the same UUID on any machine, and
 * different parts different ones, since each part goes in with its length.
 */
export function deriveUuid(...parts: string[]): string {
  const text = parts.map((part) => `${Buffer.byteLength(part)}:${part}`).join('');
  const bytes = hash('sha1', Buffer.concat([namespace, Buffer.from(text)]), 'buffer').subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
const pattern = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** Whether a text is a UUID as PostgreSQL writes one: what is none can be no id, and is never asked for as one. */
export const isUuid = (text: string): boolean => pattern.test(text);
