import {
  alertKinds,
  alertStates,
  channelKinds,
  deliveryEvents,
  deliveryStates,
  severities,
} from '../vocabulary/index.ts';
import { defineList, search, systemFilter } from './define-list.ts';

export const alertList = defineList({
  noun: 'alerts',
  filters: {
    state: { kind: 'choice', known: alertStates, title: 'how it stands' },
    open: { kind: 'flag', title: 'not resolved' },
    severity: { kind: 'choice', known: severities, title: 'severity' },
    kind: { kind: 'choice', known: alertKinds, title: 'what was looked at' },
    system: systemFilter,
    assigned: {
      kind: 'word',
      example: 'jdoe',
      also: ['none', 'any'],
      isPerson: true,
      title: 'whose it is: a person (with their teams) or a team by name; me',
    },
    waits: {
      kind: 'word',
      example: 'jdoe',
      isPerson: true,
      title:
        'the alerts of a person’s inbox: active ones of theirs or nobody’s, and what they acknowledged; me',
    },
    raised: { kind: 'instant', lies: 'behind', title: 'when it was raised' },
    resolved: { kind: 'instant', lies: 'behind', also: ['none', 'any'], title: 'when it was over' },
    record: { kind: 'word', example: 'POAM-2026-0001', title: 'the record it is about, by id' },
    q: search,
  },
  sorts: ['severity', 'raised', 'updated'],
  defaultSort: '-severity',
  facets: ['state', 'severity', 'kind', 'system'],
});

export const deliveryList = defineList({
  noun: 'deliveries',
  filters: {
    state: { kind: 'choice', known: deliveryStates, title: 'whether it was sent' },
    channel: { kind: 'word', example: 'soc', title: 'where it goes, by name' },
    kind: { kind: 'choice', known: channelKinds, title: 'kind of channel' },
    event: { kind: 'choice', known: deliveryEvents, title: 'what it tells' },
    made: { kind: 'instant', lies: 'behind', title: 'when it was written' },
  },
  sorts: ['made'],
  defaultSort: '-made',
  facets: ['state', 'channel', 'event'],
});
