/**
 * Whether two assets that a scanner keeps apart are rather one machine that it knows twice (by an agent and by a network scan, under an
 * old uuid and a new one). Pure. Stricter than `decideIdentity`: a name alone is not enough, since DHCP and DNS hand names on, and
 * nothing that a machine has one of may differ.
 */
import { identifierWeights } from './correlation.ts';
import type { Identifier, IdentifierKind } from './identifiers.ts';

/** From here on two assets are probable duplicates: an FQDN with an address is (65 + 25), a MAC address or a name alone is not. */
const sameAt = 80;
/** Kinds that speak against it where both have a value and none in common. Uuids of one scanner always differ: it keeps them apart. */
const telling = ['agent_uuid', 'bios_uuid', 'mac', 'fqdn'] as const satisfies readonly IdentifierKind[];
const names = new Set<IdentifierKind>(['fqdn', 'netbios', 'hostname']);

const valuesOf = (identifiers: readonly Identifier[], kind: IdentifierKind): string[] =>
  identifiers.filter((each) => each.kind === kind).map((each) => each.value);

function differ(one: readonly Identifier[], other: readonly Identifier[], kind: IdentifierKind): boolean {
  const here = valuesOf(one, kind);
  const there = valuesOf(other, kind);
  return here.length > 0 && there.length > 0 && !here.some((value) => there.includes(value));
}

/** Whether the evidence is strong that both are one machine. */
export function isSameMachine(one: readonly Identifier[], other: readonly Identifier[]): boolean {
  if (telling.some((kind) => differ(one, other, kind))) return false;
  const known = new Set(other.map(({ kind, value }) => `${kind} ${value}`));
  const kinds = [
    ...new Set(one.filter(({ kind, value }) => known.has(`${kind} ${value}`)).map(({ kind }) => kind)),
  ];
  // Names are one fact: a short name is the first label of the FQDN, and mostly the NetBIOS name too.
  const name = Math.max(0, ...kinds.filter((kind) => names.has(kind)).map((kind) => identifierWeights[kind]));
  const others = kinds.filter((kind) => !names.has(kind)).map((kind) => identifierWeights[kind]);
  return others.reduce((sum, weight) => sum + weight, name) >= sameAt;
}

/** The identifiers of an asset that a standing decision keeps: those that name one machine. An address never does. */
export function standingEvidence(identifiers: readonly Identifier[]): Identifier[] {
  const kept = identifiers.filter(({ kind }) => ['agent_uuid', 'bios_uuid', 'mac', 'fqdn'].includes(kind));
  return kept.length > 0 ? kept : identifiers.filter(({ kind }) => kind === 'netbios' || kind === 'hostname');
}

/**
 * Whether an asset falls under a standing decision: it carries an agent's or BIOS uuid or a MAC address of the evidence, or a name of it
 * while no such uuid speaks against it. A machine that only took over the name does not.
 */
export function bearsEvidence(identifiers: readonly Identifier[], evidence: readonly Identifier[]): boolean {
  const wanted = new Set(evidence.map(({ kind, value }) => `${kind} ${value}`));
  const shared = identifiers.filter(({ kind, value }) => wanted.has(`${kind} ${value}`));
  if (shared.some(({ kind }) => !names.has(kind))) return true;
  return (
    shared.length > 0 &&
    !(['agent_uuid', 'bios_uuid', 'mac'] as const).some((kind) => differ(identifiers, evidence, kind))
  );
}
