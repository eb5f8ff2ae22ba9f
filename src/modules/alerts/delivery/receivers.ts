/**
 * Where alerts may be sent at all. Whoever may set up a channel from the console could else make this server call anything in its network
 * (server-side request forgery): so the receivers are named in a setting of the machine, which nobody changes over the API.
 */
import { lookup } from 'node:dns/promises';
import { BlockList, isIP } from 'node:net';
import { messageOf, TielineError } from '../../../platform/errors/index.ts';

/** Never a receiver, whatever is allowed: link-local with the metadata of clouds, this network, multicast. */
const never = new BlockList();
never.addSubnet('0.0.0.0', 8, 'ipv4');
never.addSubnet('169.254.0.0', 16, 'ipv4');
never.addSubnet('224.0.0.0', 4, 'ipv4');
never.addSubnet('240.0.0.0', 4, 'ipv4');
never.addAddress('::', 'ipv6');
never.addSubnet('fe80::', 10, 'ipv6');
never.addSubnet('ff00::', 8, 'ipv6');
never.addAddress('fd00:ec2::254', 'ipv6');
const loopback = new BlockList();
loopback.addSubnet('127.0.0.0', 8, 'ipv4');
loopback.addAddress('::1', 'ipv6');

const family = (address: string): 'ipv4' | 'ipv6' => (isIP(address) === 6 ? 'ipv6' : 'ipv4');
/** `::ffff:127.0.0.1` is 127.0.0.1. */
const unmapped = (address: string): string => address.replace(/^::ffff:(?=\d+\.)/i, '');
const isIn = (list: BlockList, address: string): boolean =>
  list.check(unmapped(address), family(unmapped(address)));
const isLoopbackName = (host: string): boolean =>
  host === 'localhost' || (isIP(host) !== 0 && isIn(loopback, host));

/** One entry of the setting: a name, `*.name` for what is below it, or an address; with `:port`, only that port. */
function entryOf(text: string): { readonly host: string; readonly port: number | undefined } {
  const bracketed = /^\[(.+)\](?::(\d+))?$/.exec(text);
  if (bracketed)
    return { host: bracketed[1] ?? '', port: bracketed[2] === undefined ? undefined : Number(bracketed[2]) };
  const plain = /^([^:]+)(?::(\d+))?$/.exec(text);
  if (plain) return { host: plain[1] ?? '', port: plain[2] === undefined ? undefined : Number(plain[2]) };
  return { host: text, port: undefined };
}

/** Pure: whether the setting names it. */
export function isAllowedReceiver(
  allowed: readonly string[],
  receiver: { readonly host: string; readonly port: number },
): boolean {
  const host = receiver.host.toLowerCase().replaceAll(/^\[|\]$/g, '');
  return allowed.some((text) => {
    const entry = entryOf(text.trim().toLowerCase());
    if (entry.port !== undefined && entry.port !== receiver.port) return false;
    return entry.host.startsWith('*.') ? host.endsWith(entry.host.slice(1)) : entry.host === host;
  });
}

const refused = (message: string, remedy: string, cause?: unknown): TielineError =>
  new TielineError('RECEIVER_NOT_ALLOWED', message, { remedy, cause });

/** @throws TielineError RECEIVER_NOT_ALLOWED where the setting does not name it. */
export function requireNamed(
  allowed: readonly string[],
  receiver: { readonly host: string; readonly port: number },
): void {
  if (isAllowedReceiver(allowed, receiver)) return;
  throw refused(
    `${receiver.host}:${receiver.port} is not among the servers that alerts may be sent to.`,
    `Whoever runs this server adds it to TIELINE_ALERT_RECEIVERS${allowed.length === 0 ? ', which is empty' : ` (now: ${allowed.join(', ')})`}.`,
  );
}

/**
 * The address to connect to, looked up and judged: a name that is allowed may not lead to where nothing may be sent.
 * @throws TielineError RECEIVER_NOT_ALLOWED; REMOTE_UNREACHABLE where the name is not known.
 */
export async function requireReceiver(
  allowed: readonly string[],
  receiver: { readonly host: string; readonly port: number },
): Promise<string> {
  requireNamed(allowed, receiver);
  const host = receiver.host.replaceAll(/^\[|\]$/g, '');
  const found =
    isIP(host) === 0
      ? await lookup(host, { all: true }).catch((cause: unknown) => {
          throw new TielineError('REMOTE_UNREACHABLE', `${host} is not known: ${messageOf(cause)}`, {
            cause,
          });
        })
      : [{ address: host }];
  for (const { address } of found) {
    if (isIn(never, address))
      throw refused(`${host} leads to ${address}, where nothing is ever sent.`, 'Name the server itself.');
    if (isIn(loopback, address) && !isLoopbackName(host))
      throw refused(
        `${host} leads to ${address}, which is this machine.`,
        'Name it as localhost, in the setting and in the channel, if it is meant.',
      );
  }
  const [first] = found;
  if (!first) throw new TielineError('REMOTE_UNREACHABLE', `${host} has no address.`);
  return first.address;
}
