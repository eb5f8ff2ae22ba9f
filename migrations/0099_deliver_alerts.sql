-- Where alerts are delivered to, every delivery as a row that is there before anything is sent, and who gets a digest of what waits for them.

CREATE TABLE alert_channels (
  id integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name varchar(100) NOT NULL,
  kind varchar(20) NOT NULL CONSTRAINT alert_channels_kind_known CHECK (kind IN ('email', 'webhook', 'syslog')),
  settings jsonb NOT NULL,
  least_severity varchar(20) NOT NULL CONSTRAINT alert_channels_severity_known
    CHECK (least_severity IN ('Info', 'Low', 'Medium', 'High', 'Critical')),
  alert_kinds text[] NOT NULL DEFAULT '{}',
  system_ids text[] NOT NULL DEFAULT '{}',
  is_enabled boolean NOT NULL,
  changed_by varchar(255) NOT NULL,
  changed_at timestamptz NOT NULL,
  removed_at timestamptz
);
CREATE UNIQUE INDEX idx_alert_channels_name ON alert_channels (lower(name)) WHERE removed_at IS NULL;
COMMENT ON TABLE alert_channels IS 'Where alerts go beside the inbox. A removed row stays, because its deliveries name it.';
COMMENT ON COLUMN alert_channels.settings IS 'Of its kind (src/modules/alerts/delivery/channel-settings.ts); secrets are sealed.';
COMMENT ON COLUMN alert_channels.least_severity IS 'What is less grave is not sent there.';
COMMENT ON COLUMN alert_channels.alert_kinds IS 'Empty: every kind.';
COMMENT ON COLUMN alert_channels.system_ids IS 'Empty: alerts of every boundary and of the installation; else those of these boundaries.';

CREATE TABLE alert_deliveries (
  delivery_id uuid PRIMARY KEY,
  channel_id integer NOT NULL REFERENCES alert_channels (id),
  alert_id uuid REFERENCES alerts (alert_id) ON DELETE CASCADE,
  event varchar(20) NOT NULL CONSTRAINT alert_deliveries_event_known
    CHECK (event IN ('raised', 'graver', 'returned', 'resolved', 'summary', 'digest', 'test')),
  content jsonb NOT NULL,
  recipient varchar(320),
  state varchar(20) NOT NULL CONSTRAINT alert_deliveries_state_known CHECK (state IN ('pending', 'sending', 'sent', 'failed')),
  attempts integer NOT NULL DEFAULT 0,
  not_before timestamptz NOT NULL,
  claimed_until timestamptz,
  failure text,
  created_at timestamptz NOT NULL,
  sent_at timestamptz,
  CONSTRAINT alert_deliveries_sent_once CHECK ((state = 'sent') = (sent_at IS NOT NULL))
);
CREATE INDEX idx_alert_deliveries_due ON alert_deliveries (not_before) WHERE state IN ('pending', 'sending');
CREATE INDEX idx_alert_deliveries_channel ON alert_deliveries (channel_id, created_at);
CREATE INDEX idx_alert_deliveries_alert ON alert_deliveries (alert_id);
COMMENT ON TABLE alert_deliveries IS 'What is sent where. A row is written in the transaction that raises the alert, and claimed before it is sent: what is not sent yet is not forgotten, and what is sent is not sent again.';
COMMENT ON COLUMN alert_deliveries.delivery_id IS 'Also the id under which the receiver gets it (Message-ID, Tieline-Delivery), so that one that was cut off can be told when it comes again.';
COMMENT ON COLUMN alert_deliveries.alert_id IS 'Null of a summary, a digest and a test.';
COMMENT ON COLUMN alert_deliveries.content IS 'What it says, as it was when it was written.';
COMMENT ON COLUMN alert_deliveries.recipient IS 'Of a mail: the address; each one is a delivery of its own. Null of a channel of another kind.';
COMMENT ON COLUMN alert_deliveries.state IS 'pending; sending: somebody is at it until claimed_until; sent; failed: given up after days, for a person to retry.';
COMMENT ON COLUMN alert_deliveries.failure IS 'What the last attempt came to; no secrets.';

CREATE TABLE digest_subscriptions (
  principal_id uuid PRIMARY KEY REFERENCES principals (id) ON DELETE CASCADE,
  rhythm varchar(10) NOT NULL CONSTRAINT digest_subscriptions_rhythm_known CHECK (rhythm IN ('daily', 'weekdays', 'weekly')),
  hour integer NOT NULL CONSTRAINT digest_subscriptions_hour_range CHECK (hour BETWEEN 0 AND 23),
  names_records boolean NOT NULL DEFAULT false,
  next_at timestamptz NOT NULL,
  last_sent_at timestamptz,
  last_outcome varchar(40),
  changed_by varchar(255) NOT NULL,
  changed_at timestamptz NOT NULL
);
COMMENT ON TABLE digest_subscriptions IS 'Who gets a mail of what waits for them, and when. It goes through the channel of kind email that is named digests, else the first one.';
COMMENT ON COLUMN digest_subscriptions.rhythm IS 'daily; weekdays: Monday to Friday; weekly: on Monday.';
COMMENT ON COLUMN digest_subscriptions.hour IS 'Of the day, in UTC.';
COMMENT ON COLUMN digest_subscriptions.names_records IS 'Whether titles of records are in it; usually only counts are.';
COMMENT ON COLUMN digest_subscriptions.last_outcome IS 'sent, nothing_waits, no_address, no_channel, not_active.';
