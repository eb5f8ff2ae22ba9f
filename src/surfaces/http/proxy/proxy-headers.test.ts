import { describe, expect, it } from 'vitest';
import { Secret } from '../../../platform/values/index.ts';
import { certificateInHeader } from './certificate-header.ts';
import { faultOfHeaders, type ProxyRules } from './proxy-headers.ts';

const rules: ProxyRules = {
  trustedProxies: ['127.0.0.1'],
  cacProxyHeader: 'x-card',
  cacProxyVerifyHeader: 'x-card-verify',
  cacProxySecret: new Secret('x'.repeat(32)),
  cacProxySecretHeader: 'x-tieline-proxy',
  cacProxyCertificates: undefined,
};
const nameOf = (names: readonly string[], isTrusted = true) => faultOfHeaders(names, rules, isTrusted)?.name;

describe('headers that only a proxy may set', () => {
  it('one that is spelled with _ is refused, whoever sends it', () => {
    for (const name of [
      'x_card',
      'x_forwarded_for',
      'x-forwarded_proto',
      'client_cert',
      'x_tieline_proxy',
      'ssl_client_verify',
    ])
      for (const isTrusted of [true, false]) expect(nameOf(['host', name], isTrusted)).toBe(name);
    expect(nameOf(['host', 'some_thing'])).toBeUndefined();
  });

  it('one that comes twice is refused, but those that are lists', () => {
    for (const name of [
      'x-card',
      'x-card-verify',
      'x-tieline-proxy',
      'client-cert',
      'x-forwarded-proto',
      'x-forwarded-host',
    ])
      expect(nameOf([name, 'host', name])).toBe(name);
    expect(nameOf(['x-forwarded-for', 'x-forwarded-for', 'accept', 'accept'])).toBeUndefined();
  });
});

describe('a certificate in a header', () => {
  const pem = encodeURIComponent('-----BEGIN CERTIFICATE-----\nAQID\n-----END CERTIFICATE-----\n');
  const read = (header: string, headers: Record<string, string>) => {
    const found = certificateInHeader(headers, header, rules);
    return found.kind === 'certificate'
      ? found.der.toString('hex')
      : found.kind === 'refused'
        ? found.why
        : 'none';
  };

  it('is read as escaped PEM when the proxy verified it, and as RFC 9440 has it', () => {
    expect(read('x-card', { 'x-card': pem, 'x-card-verify': 'SUCCESS' })).toBe('010203');
    expect(read('client-cert', { 'client-cert': ':AQID:' })).toBe('010203');
    expect(read('x-card', {})).toBe('none');
    expect(read('x-card', { 'x-card': '', 'x-card-verify': 'NONE' })).toBe('none');
  });

  it('is refused without the word of the proxy, or with another word', () => {
    expect(read('x-card', { 'x-card': pem })).toBe('proxy_not_verified');
    for (const word of ['FAILED:self signed certificate', 'NONE', 'success', 'SUCCESS, SUCCESS'])
      expect(read('x-card', { 'x-card': pem, 'x-card-verify': word })).toBe('proxy_not_verified');
    expect(read('client-cert', { 'client-cert': ':AQID:', 'x-card-verify': 'FAILED:expired' })).toBe(
      'proxy_not_verified',
    );
  });

  it('is refused where it is two, or none in that form', () => {
    const ok = { 'x-card-verify': 'SUCCESS' };
    expect(read('x-card', { ...ok, 'x-card': `${pem}, ${pem}` })).toBe('twice');
    expect(read('client-cert', { 'client-cert': ':AQID:, :AQID:' })).toBe('twice');
    for (const text of ['AQID', `${pem}${pem}`, '%zz', 'CN=DOE.JANE', ':AQID:'])
      expect(read('x-card', { ...ok, 'x-card': text })).toBe('unreadable');
    for (const text of ['AQID', ':AQ ID%:', ':::', pem])
      expect(read('client-cert', { 'client-cert': text })).toBe('unreadable');
  });
});
