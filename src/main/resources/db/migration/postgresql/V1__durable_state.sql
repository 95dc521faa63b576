-- The table that the durable state plugin reads and writes.
CREATE TABLE durable_state (
  global_offset BIGSERIAL,
  persistence_id VARCHAR(1000) NOT NULL,
  revision BIGINT NOT NULL,
  state_payload BYTEA NOT NULL,
  state_serial_id INTEGER NOT NULL,
  state_serial_manifest VARCHAR(255),
  tag VARCHAR,
  state_timestamp BIGINT NOT NULL,
  PRIMARY KEY (persistence_id)
);

-- The change feed reads one tag in the order of offsets.
CREATE INDEX state_tag_offset_idx ON durable_state (tag, global_offset);
CREATE INDEX state_global_offset_idx ON durable_state (global_offset);
