-- A wall is opened with a key: its session ends with the key.
ALTER TABLE browser_session ADD COLUMN kiosk_key_id bigint REFERENCES api_key (id) ON DELETE CASCADE;
CREATE INDEX ix_browser_session_kiosk_key_id ON browser_session (kiosk_key_id);
