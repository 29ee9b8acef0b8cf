-- How many units and versions use a text: it goes with the last of them. Texts from before this was counted stay.
ALTER TABLE content ADD COLUMN uses INTEGER NOT NULL DEFAULT 1073741824;
