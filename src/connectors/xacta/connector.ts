/** Xacta, through a declarative REST profile: systems, components, controls, POA&Ms and milestones in; POA&Ms, milestones and files of evidence out. */
import { TielineError } from '../../platform/errors/index.ts';
import { isJsonObject } from '../../platform/values/index.ts';
import type { Connector, ConnectorModule, EntityType } from '../kit/index.ts';
import { findArtifact, listArtifacts, writeArtifact } from './artifacts.ts';
import { checkXacta } from './check.ts';
import { xactaMappings } from './mappings.ts';
import { loadProfile, type ProfiledEntity } from './profile.ts';
import { readEntity } from './read.ts';
import { createSession } from './session.ts';
import { requiredByProfile, takenByProfile, xactaSettings, type XactaSettings } from './settings.ts';
import { findRecord, writeRecord } from './write.ts';

const profiled: readonly string[] = [
  'system',
  'component',
  'control',
  'poam',
  'milestone',
  'artifact',
] satisfies ProfiledEntity[];

function asProfiled(entity: EntityType): ProfiledEntity {
  if (!profiled.includes(entity))
    throw new TielineError('INTERNAL', `The Xacta connector knows no ${entity}.`);
  return entity as ProfiledEntity; // just checked
}

export const xactaConnector: ConnectorModule<XactaSettings> = {
  declaration: {
    systemType: 'xacta',
    title: 'Xacta 360',
    settings: xactaSettings,
    secrets: [
      { name: 'password', prompt: 'Password', env: 'XACTA_PASSWORD', optional: true },
      { name: 'token', prompt: 'API token', env: 'XACTA_TOKEN', optional: true },
      { name: 'client_secret', prompt: 'OAuth2 client secret', env: 'XACTA_CLIENT_SECRET', optional: true },
    ],
    requires: requiredByProfile,
    takes: takenByProfile,
    entities: {
      system: { readAll: true, readChanges: true, create: false, update: false, find: true },
      component: { readAll: true, readChanges: true, create: false, update: false, find: false },
      control: { readAll: true, readChanges: true, create: false, update: true, find: true },
      poam: { readAll: true, readChanges: true, create: true, update: true, find: true },
      milestone: { readAll: true, readChanges: true, create: true, update: true, find: true },
      artifact: { readAll: false, readChanges: false, create: true, update: false, find: true },
    },
    limits: { requestsPerSecond: 50, concurrency: 4 },
    mappings: xactaMappings,
    hasApproved: ({ review_status: review }) => review === 'approved',
    // "shared" leaves a part to be answered for here.
    inheritsControl: ({ inherited_controls: providers }) =>
      Array.isArray(providers) &&
      providers.some((each) => isJsonObject(each) && (each['responsibility'] ?? 'inherited') === 'inherited'),
  },
  connect(context): Connector {
    const profile = loadProfile(context.settings.profile);
    const session = createSession(context, profile);
    return {
      check: (signal) => checkXacta(session, profile, context, signal),
      read: (entity, options) => readEntity(session, profile, context, asProfiled(entity), options),
      find: (entity, key, signal) =>
        entity === 'artifact'
          ? findArtifact(session, profile, key, signal)
          : findRecord(session, profile, asProfiled(entity), key, signal),
      write: (entity, change, signal) =>
        entity === 'artifact'
          ? writeArtifact(session, profile, change, signal)
          : writeRecord(session, profile, asProfiled(entity), change, signal),
      listInside: (entity, holders, signal) =>
        entity === 'artifact' ? listArtifacts(session, profile, holders, signal) : undefined,
    };
  },
};
