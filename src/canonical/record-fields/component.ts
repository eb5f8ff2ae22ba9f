import { z } from 'zod';
import { text, upTo, words, maybe } from './field-types.ts';

export const componentRecord = z.object({
  component_id: text.min(1).max(255),
  parent_remote_id: text.min(1).max(255),
  name: text.min(1).max(255),
  component_type: maybe(upTo(100)),
  description: maybe(text),
  operating_system: maybe(upTo(255)),
  business_owner: maybe(upTo(255)),
  technical_owner: maybe(upTo(255)),
  hostname: maybe(upTo(255)),
  netbios_name: maybe(upTo(100)),
  scanner_uuid: maybe(text),
  agent_uuid: maybe(text),
  bios_uuid: maybe(text),
  fqdns: maybe(words),
  ipv4_addresses: maybe(words),
  mac_addresses: maybe(words),
});
export type ComponentRecord = z.infer<typeof componentRecord>;
