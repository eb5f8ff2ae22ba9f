export { requireReceiver } from './receivers.ts';
export { sendStream } from './send.ts';
export { framedLine, syslogLine, syslogSeverity } from './syslog.ts';
export {
  addChannel,
  type Channel,
  changeChannel,
  type ChannelWish,
  checkChannelSecrets,
  fetchChannel,
  listChannels,
  listChannelSealingKeys,
  removeChannel,
  resealChannels,
  retryDeliveries,
  testChannel,
} from './change-channel.ts';
export { findMailChannel } from './channels.sql.ts';
export { channelSpecs } from './channel-settings.ts';
export { deliverDue } from './deliver.ts';
export { countDeliveries, facetDeliveries, listDeliveries } from './delivery-list.sql.ts';
export { type DeliveryRow, fetchDeliveries, forgetDeliveries, insertDeliveries } from './ledger.sql.ts';
