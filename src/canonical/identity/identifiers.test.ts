import { describe, expect, it } from 'vitest';
import { identifiersOfAsset, identifiersOfComponent, normalizeIdentifier } from './identifiers.ts';

const value = (...given: Parameters<typeof normalizeIdentifier>) => normalizeIdentifier(...given)?.value;

describe('identifiers', () => {
  it('identifiers compare equal however a MAC or a UUID is spelled', () => {
    for (const spelling of ['00:50:56:A6:49:2A', '00-50-56-a6-49-2a', '005056a6492a', '0050.56a6.492a'])
      expect(value('mac', spelling)).toBe('00:50:56:a6:49:2a');
    expect(value('bios_uuid', '02EB2642-6E94-23AF-9C99-B61644C2CC46')).toBe(
      '02eb26426e9423af9c99b61644c2cc46',
    );
    expect(value('agent_uuid', '9928ced55f8a4121b63c15b50cd461e6')).toBe('9928ced55f8a4121b63c15b50cd461e6');
  });

  it('identifiers take the name out of DOMAIN\\NAME and the first label out of an FQDN in a host name field', () => {
    expect(value('netbios', 'CORP\\WEB01')).toBe('web01');
    expect(value('hostname', 'Web01.enterprise.example')).toBe('web01');
    expect(value('fqdn', 'Web01.Enterprise.Example.')).toBe('web01.enterprise.example');
  });

  it('identifiers are not made of meaningless values', () => {
    expect(value('mac', '00:00:00:00:00:00')).toBeUndefined();
    expect(value('mac', '[REDACTED]')).toBeUndefined();
    expect(value('bios_uuid', 'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF')).toBeUndefined();
    expect(value('ip', '127.0.0.1')).toBeUndefined();
    expect(value('ip', '169.254.3.4')).toBeUndefined();
    expect(value('hostname', '192.168.16.147')).toBeUndefined();
    expect(value('fqdn', 'localhost.localdomain')).toBeUndefined();
    expect(value('netbios', '  ')).toBeUndefined();
  });

  it('identifiers of an asset and of the component that describes it show the same machine', () => {
    const asset = identifiersOfAsset(
      {
        asset_uuid: 'b666e9f5-fde7-4cd8-9c07-12c19246b616',
        hostname: 'docker.demo.io',
        fqdns: ['docker.demo.io'],
        mac_addresses: ['00:50:56:a6:49:2a', 'de:0c:48:b5:92:36'],
        ipv4_addresses: ['192.168.15.104'],
      },
      true,
    );
    const component = identifiersOfComponent({
      component_id: 'CMP-1',
      parent_remote_id: 'SYS-1',
      name: 'Docker host',
      fqdns: ['DOCKER.DEMO.IO'],
      mac_addresses: ['00-50-56-A6-49-2A'],
    });
    const shared = component.filter((one) =>
      asset.some((other) => other.kind === one.kind && other.value === one.value),
    );
    expect(shared.map((each) => each.kind).toSorted()).toEqual(['fqdn', 'hostname', 'mac']);
  });
});
