-- Alerts by webhook and mail, and digests. What a way needs stands in the settings: the paths of files that hold secrets,
-- and not the secrets. Only the address of a webhook can be one; listings show no more of it than its host.

ALTER TABLE alert ADD COLUMN wait_until TEXT;        -- a receiver asked for fewer messages: none is sent before
ALTER TABLE alert_queue ADD COLUMN digest_at TEXT;   -- told together with all others of this time; NULL: told alone
