/** Pure: how a token is written, and from which addresses one is accepted. */
import { BlockList, isIP } from 'node:net';
import { TielineError } from '../../../platform/errors/index.ts';
import { plainFingerprint } from '../certificates/certificate-facts.ts';

/** What is searched for in places where tokens leak: `tl_`, twelve hexadecimal digits, 43 letters. */
const token = /^tl_([0-9a-f]{12})_([\w-]{43})$/;

export const tokenText = (id: string, secret: string): string => `tl_${id}_${secret}`;

export function parseToken(text: string): { readonly id: string; readonly secret: string } | undefined {
  const found = token.exec(text);
  return found ? { id: found[1] ?? '', secret: found[2] ?? '' } : undefined;
}

/** `10.0.0.0/8`, `2001:db8::/32`, or one address. */
export function isAddressBlock(text: string): boolean {
  const [address = '', bits] = text.split('/');
  const family = isIP(address);
  if (family === 0 || text.split('/').length > 2) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}

/**
 * Tells whether an address is in one of the blocks. Made once for blocks that many requests are asked about.
 * @param blocks none: from everywhere. @returns for an address that is not known: that it is in no block.
 */
export function addressesAmong(blocks: readonly string[]): (address: string | undefined) => boolean {
  if (blocks.length === 0) return () => true;
  const list = new BlockList();
  for (const block of blocks) {
    const [net = '', bits] = block.split('/');
    const kind = isIP(net) === 6 ? 'ipv6' : 'ipv4';
    list.addSubnet(net, bits === undefined ? (kind === 'ipv6' ? 128 : 32) : Number(bits), kind);
  }
  return (address) => {
    // An IPv4 address that came over an IPv6 socket.
    const plain = address?.replace(/^::ffff:(?=\d+\.)/i, '');
    const family = isIP(plain ?? '');
    return plain !== undefined && family !== 0 && list.check(plain, family === 6 ? 'ipv6' : 'ipv4');
  };
}

/** SHA-256, as openssl and browsers print it, with colons or without. @throws TielineError USAGE. */
export function requireFingerprint(text: string): string {
  const plain = plainFingerprint(text);
  if (/^[0-9a-f:\s]*$/i.test(text) && plain.length === 64) return plain;
  throw new TielineError('USAGE', `"${text.slice(0, 100)}" is no SHA-256 fingerprint of a certificate.`, {
    remedy:
      'Give its 64 hexadecimal digits: `openssl x509 -in FILE -noout -fingerprint -sha256` prints them.',
  });
}
