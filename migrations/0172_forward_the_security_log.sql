-- Where the security log is forwarded to as it is written (SIEM), and how far that is.

CREATE TABLE security_log_forwarding (
  id integer PRIMARY KEY DEFAULT 1 CONSTRAINT security_log_forwarding_is_one CHECK (id = 1),
  host varchar(255) NOT NULL,
  port integer NOT NULL CONSTRAINT security_log_forwarding_port_known CHECK (port BETWEEN 1 AND 65535),
  transport varchar(10) NOT NULL CONSTRAINT security_log_forwarding_transport_known CHECK (transport IN ('tls', 'tcp')),
  format varchar(10) NOT NULL CONSTRAINT security_log_forwarding_format_known CHECK (format IN ('cef', 'ocsf', 'ecs')),
  facility integer NOT NULL CONSTRAINT security_log_forwarding_facility_known CHECK (facility BETWEEN 0 AND 23),
  is_enabled boolean NOT NULL,
  changed_by varchar(255) NOT NULL,
  changed_at timestamptz NOT NULL,
  last_sent_at timestamptz,
  failing_since timestamptz,
  failure text
);
COMMENT ON TABLE security_log_forwarding IS 'The receiver of the security log: syslog (RFC 5424) over TLS or TCP. One row at most.';
COMMENT ON COLUMN security_log_forwarding.failing_since IS 'Since when nothing could be delivered; null: the last delivery came to its end.';

CREATE TABLE security_log_forwarded (
  chain_id integer PRIMARY KEY,
  seq bigint NOT NULL
);
COMMENT ON TABLE security_log_forwarded IS 'Up to which place of each chain events are in a spool on disk, and so delivered or waiting there.';

INSERT INTO alert_rules (kind, direction, levels, is_enabled, reason, changed_by, changed_at) VALUES
  ('log_forwarding_failing', 'above', '[{"at": 0.25, "severity": "High"}, {"at": 24, "severity": "Critical"}]', true, 'shipped', 'tieline', now());
