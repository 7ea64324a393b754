CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT, updated_at TEXT);
CREATE TRIGGER notes_updated AFTER UPDATE ON notes FOR EACH ROW WHEN NEW.body <> OLD.body
BEGIN
    UPDATE notes SET updated_at = CASE WHEN 1 THEN datetime('now') ELSE NULL END WHERE id = NEW.id;
    DELETE FROM notes WHERE body = 'CREATE TABLE x (y)';
END;
CREATE TABLE after_trigger (id INTEGER PRIMARY KEY);
CREATE TEMP TABLE scratch (id INTEGER);
