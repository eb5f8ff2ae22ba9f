import { describe, expect, it } from 'vitest';
import type { Identifier, IdentifierKind } from './identifiers.ts';
import { bearsEvidence, isSameMachine, standingEvidence } from './same-machine.ts';

const known = (values: Partial<Record<IdentifierKind, string>>): Identifier[] =>
  Object.entries(values).map(([kind, value]) => ({ kind: kind as IdentifierKind, value }));
const agent = known({
  scanner_uuid: '1',
  agent_uuid: 'a',
  fqdn: 'h0.example',
  hostname: 'h0',
  ip: '10.0.0.1',
});

describe('two records of one scanner', () => {
  it('two records of one scanner are one machine where an agent and a network scan show the same FQDN and address', () => {
    expect(
      isSameMachine(agent, known({ scanner_uuid: '2', fqdn: 'h0.example', hostname: 'h0', ip: '10.0.0.1' })),
    ).toBe(true);
  });

  it('two records of one scanner are two machines where a name and an address went to another one', () => {
    const before = known({ fqdn: 'h0.example', ip: '10.0.0.1', bios_uuid: 'b1', mac: 'm1' });
    expect(
      isSameMachine(before, known({ fqdn: 'h0.example', ip: '10.0.0.1', bios_uuid: 'b2', mac: 'm2' })),
    ).toBe(false);
    expect(isSameMachine(before, known({ fqdn: 'h0.example', ip: '10.0.0.1', mac: 'm2' }))).toBe(false);
  });

  it('two records of one scanner are two machines where only a name, or a name in three spellings, is the same', () => {
    const names = known({ fqdn: 'h0.example', hostname: 'h0', netbios: 'h0' });
    expect(isSameMachine(names, names)).toBe(false);
  });

  it('two records of one scanner are two machines where a virtual address moves between two names', () => {
    expect(
      isSameMachine(
        known({ fqdn: 'n1.example', mac: 'vrrp', ip: '10.0.0.9' }),
        known({ fqdn: 'n2.example', mac: 'vrrp', ip: '10.0.0.9' }),
      ),
    ).toBe(false);
  });
});

describe('a standing decision', () => {
  const evidence = standingEvidence(agent);

  it('a standing decision keeps what names one machine, and no address', () => {
    expect(evidence.map((each) => each.kind)).toEqual(['agent_uuid', 'fqdn']);
    expect(standingEvidence(known({ hostname: 'h0', ip: '10.0.0.1' }))).toEqual(known({ hostname: 'h0' }));
  });

  it('a standing decision holds for the same agent under a new name, and for the same name without an agent', () => {
    expect(bearsEvidence(known({ agent_uuid: 'a', fqdn: 'renamed.example' }), evidence)).toBe(true);
    expect(bearsEvidence(known({ fqdn: 'h0.example' }), evidence)).toBe(true);
  });

  it('a standing decision does not hold for another agent that has the name, nor for the address', () => {
    expect(bearsEvidence(known({ agent_uuid: 'other', fqdn: 'h0.example' }), evidence)).toBe(false);
    expect(bearsEvidence(known({ ip: '10.0.0.1' }), evidence)).toBe(false);
  });
});
