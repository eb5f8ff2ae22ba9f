/** The two tables of the security log, and what of a row is evidence. */

/** Of each table the columns that a link covers. What comes to a table later is covered by a format of its own (`signed`), not by a column more here. */
export const chainedLogs = {
  security_events_extended: {
    time: 'occurred_at',
    recorded: [
      'id',
      'event_id',
      'event_type',
      'severity',
      'source_system',
      'user_id',
      'asset_uuid',
      'event_details',
      'correlation_id',
      'occurred_at',
      'detected_at',
      'principal_id',
      'principal_name',
      'address',
      'outcome',
      'failure_reason',
      'request_id',
      'object_type',
      'object_id',
      'boundary',
      'source_way',
    ],
  },
  data_access_logs: {
    time: 'accessed_at',
    recorded: [
      'id',
      'user_id',
      'user_name',
      'resource_type',
      'resource_id',
      'action',
      'access_method',
      'ip_address',
      'success',
      'failure_reason',
      'accessed_at',
      'principal_id',
      'request_id',
      'boundary',
    ],
  },
} as const;

export type ChainedLog = keyof typeof chainedLogs;
export const allChainedLogs = Object.keys(chainedLogs) as readonly ChainedLog[]; // its own keys
