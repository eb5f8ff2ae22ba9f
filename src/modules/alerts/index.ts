export { alertKindSpecs } from './alert-kinds.ts';
export {
  type AlertRow,
  countAlerts,
  countCriticalAlerts,
  facetAlerts,
  findAlertIds,
  listAlerts,
  waitingAlerts,
} from './alert-list.sql.ts';
export {
  acknowledgeAlert,
  type AlertDetail,
  assignAlert,
  fetchAlert,
  reactivateAlert,
  resolveAlert,
  suppressAlert,
} from './change-alert.ts';
export { endRaisedAlert, raiseAlert } from './raise-by-workflow.ts';
export { removeAlertRule, setAlertRule } from './change-rules.ts';
export {
  addChannel,
  type Channel,
  changeChannel,
  type ChannelWish,
  channelSpecs,
  checkChannelSecrets,
  countDeliveries,
  deliverDue,
  framedLine,
  type DeliveryRow,
  facetDeliveries,
  fetchChannel,
  fetchDeliveries,
  findMailChannel,
  forgetDeliveries,
  insertDeliveries,
  listChannels,
  listChannelSealingKeys,
  listDeliveries,
  removeChannel,
  requireReceiver,
  resealChannels,
  retryDeliveries,
  sendStream,
  syslogLine,
  syslogSeverity,
  testChannel,
} from './delivery/index.ts';
export { evaluateAlerts, type Evaluated } from './evaluate.ts';
export { type AlertLevel, type AlertRule, listAlertRules } from './rules.sql.ts';
export { type AlertReader, isVisible } from './visible.sql.ts';
