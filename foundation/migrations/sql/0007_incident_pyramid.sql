-- The pyramid of incident counts: what each site has in each cell, level 12 to 20.

ALTER TABLE incident ADD COLUMN tile_key BIGINT;

ALTER TABLE incident ADD COLUMN counted_key BIGINT;

ALTER TABLE incident ADD COLUMN counted_as SMALLINT;

CREATE TABLE incident_cell (
    level SMALLINT NOT NULL,
    key BIGINT NOT NULL,
    site_id BIGINT NOT NULL,
    closed BIGINT NOT NULL,
    minor BIGINT NOT NULL,
    moderate BIGINT NOT NULL,
    major BIGINT NOT NULL,
    critical BIGINT NOT NULL,
    columns BIGINT NOT NULL,
    rows BIGINT NOT NULL,
    CONSTRAINT pk_incident_cell PRIMARY KEY (level, key, site_id),
    CONSTRAINT fk_incident_cell_site_id FOREIGN KEY(site_id) REFERENCES site (id) ON DELETE CASCADE
);

CREATE INDEX ix_incident_cell_site_id ON incident_cell (site_id);
