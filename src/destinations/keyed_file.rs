//! Upserts into a file that is read whole, merged by key and replaced as a whole.
//!
//! The new content goes to a temporary file in the same folder, is brought to the disk and then takes the
//! old file's name in one step: a reader, or a run that dies, sees the old content or the new, nothing
//! between. A file in which nothing changes is not touched. Rows keep their place; new ones follow.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use rustc_hash::{FxHashMap, FxHashSet};
use serde_json::{Map, Value};

use super::error::prepare_path;
use super::{
    Cell, Description, Destination, DestinationError, Entity, FieldChange, Mode, Outcome, Rejection,
    RejectionCode, Row, RowPolicy, StoredColumn, UpsertWriter, WriteOptions, duplicate_key, key_unknown,
    missing_key,
};

/// One stored row: its columns in order. Files of text hold only text and null.
pub type StoredRow = Map<String, Value>;

/// How rows stand in a file.
pub trait FileFormat: Clone + Send + Sync + 'static {
    /// The format with its article, for messages.
    const NAME: &'static str;

    /// Reads a whole file: its column names where the format has a header, and each row with the line it
    /// starts at. An error is the text that says what is wrong and where.
    fn read(&self, text: &str) -> Result<FileContent, String>;

    /// Writes a whole file.
    fn write(
        &self,
        header: &[String],
        rows: &mut dyn Iterator<Item = &StoredRow>,
        out: &mut dyn Write,
    ) -> std::io::Result<()>;

    /// The stored form of a cell, or why the format cannot hold it.
    fn store(&self, cell: &Cell) -> Result<Value, String>;

    /// Whether every row has the columns of the header.
    fn has_header(&self) -> bool;
}

/// A file as read.
pub struct FileContent {
    /// The column names in order; empty where the format has no header.
    pub header: Vec<String>,
    /// Each row and the line it starts at.
    pub rows: Vec<(usize, StoredRow)>,
}

/// A folder of files of one format; an entity is a file.
pub struct FileStore<F> {
    folder: PathBuf,
    format: F,
}

impl<F: FileFormat> FileStore<F> {
    /// The files in `folder`.
    pub fn new(folder: impl Into<PathBuf>, format: F) -> Self {
        Self { folder: folder.into(), format }
    }
}

impl<F: FileFormat> Destination for FileStore<F> {
    fn entities(&self) -> Result<Vec<String>, DestinationError> {
        let failed = |e| DestinationError::from_io("list", &self.folder, e);
        let mut names = Vec::new();
        match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(names),
            Err(error) => return Err(failed(error)),
            Ok(entries) => {
                for entry in entries {
                    let entry = entry.map_err(failed)?;
                    if entry.path().is_file() {
                        names.push(entry.file_name().to_string_lossy().into_owned());
                    }
                }
            }
        }
        names.sort_unstable();
        Ok(names)
    }

    fn describe(&self, entity: &str) -> Result<Option<Description>, DestinationError> {
        let path = self.folder.join(entity);
        let Some(content) = read(&self.format, &path)? else { return Ok(None) };
        let mut names = content.header;
        if !self.format.has_header() {
            // Fields may differ from row to row, and each is a column.
            let mut known = FxHashSet::default();
            let fields = content.rows.iter().flat_map(|(_, row)| row.keys());
            names = fields.filter(|name| known.insert((*name).clone())).cloned().collect();
        }
        let column = |name| StoredColumn { name, kind: None, length: None, required: false };
        Ok(Some(Description { columns: names.into_iter().map(column).collect(), ..Description::default() }))
    }

    fn open(&self, entity: Entity, options: WriteOptions) -> Result<Box<dyn UpsertWriter>, DestinationError> {
        let path = self.folder.join(entity.name());
        Ok(Box::new(KeyedFileWriter::open(&path, entity, self.format.clone(), options)?))
    }
}

/// The content of a file; none if it is not there.
fn read<F: FileFormat>(format: &F, path: &Path) -> Result<Option<FileContent>, DestinationError> {
    let wrong = |detail| DestinationError::WrongContent { path: path.to_owned(), expected: F::NAME, detail };
    match fs::read(path) {
        Ok(bytes) => {
            let text = String::from_utf8(bytes)
                .map_err(|e| wrong(format!("byte {} is not UTF-8", e.utf8_error().valid_up_to())))?;
            Ok(Some(format.read(text.strip_prefix('\u{feff}').unwrap_or(&text)).map_err(wrong)?))
        }
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(DestinationError::from_io("read", path, error)),
    }
}

/// An [`UpsertWriter`] for one file.
pub struct KeyedFileWriter<F> {
    format: F,
    path: PathBuf,
    entity: Entity,
    mode: Mode,
    policy: RowPolicy,
    header: Vec<String>,
    /// The rows by place; deleted ones are none.
    rows: Vec<Option<StoredRow>>,
    index: FxHashMap<Vec<String>, usize>,
    /// Indexes into `rows` that a row of this run wrote or met.
    seen: FxHashSet<usize>,
    changed: bool,
}

impl<F: FileFormat> KeyedFileWriter<F> {
    /// Reads the file if it is there.
    ///
    /// # Errors
    /// A file that cannot be read, is of another format, holds a key twice, or lacks columns that may not be added.
    pub fn open(
        path: &Path,
        entity: Entity,
        format: F,
        options: WriteOptions,
    ) -> Result<Self, DestinationError> {
        if options.mode == Mode::Write {
            prepare_path(path)?;
        }
        // A link stays a link: the file it leads to is the one to replace.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let content = read(&format, &path)?;
        let wanted: Vec<String> = entity.columns().iter().map(|c| c.name.clone()).collect();
        let mut writer = Self {
            changed: content.is_none(),
            header: wanted.clone(),
            rows: Vec::new(),
            index: FxHashMap::default(),
            seen: FxHashSet::default(),
            mode: options.mode,
            policy: options.rows,
            format,
            path,
            entity,
        };
        let Some(content) = content else { return Ok(writer) };
        if writer.format.has_header() && !content.header.is_empty() {
            let missing: Vec<String> =
                wanted.into_iter().filter(|name| !content.header.contains(name)).collect();
            if !missing.is_empty() && !options.add_columns {
                return Err(DestinationError::MissingColumns {
                    path: writer.path,
                    entity: writer.entity.name().to_owned(),
                    columns: missing,
                });
            }
            writer.changed |= !missing.is_empty();
            writer.header = content.header;
            writer.header.extend(missing);
        }
        let mut lines = Vec::with_capacity(content.rows.len());
        for (line, row) in content.rows {
            let key = writer.stored_key(&row);
            if let Some(&first) = writer.index.get(&key) {
                return Err(DestinationError::DuplicateStoredKey {
                    path: writer.path,
                    key: key.join(", "),
                    first: format!("line {}", lines.get(first).copied().unwrap_or(0)),
                    second: format!("line {line}"),
                });
            }
            writer.index.insert(key, lines.len());
            lines.push(line);
            writer.rows.push(Some(row));
        }
        Ok(writer)
    }

    fn stored_key(&self, row: &StoredRow) -> Vec<String> {
        self.entity
            .key_columns()
            .map(|i| row.get(self.entity.column_name(i)).unwrap_or(&Value::Null).to_string())
            .collect()
    }

    fn write_row(&mut self, row: &Row) -> Outcome {
        if let Some(rejection) = missing_key(&self.entity, &row.cells) {
            return Outcome::Rejected(rejection);
        }
        let mut stored = StoredRow::new();
        for (column, cell) in self.entity.columns().iter().zip(&row.cells) {
            match self.format.store(cell) {
                Ok(value) => stored.insert(column.name.clone(), value),
                Err(reason) => {
                    return Outcome::Rejected(Rejection {
                        column: Some(column.name.clone()),
                        code: RejectionCode::NotStorable,
                        reason,
                    });
                }
            };
        }
        let key = self.stored_key(&stored);
        let is_there = self.index.get(&key).and_then(|at| self.rows.get(*at)).is_some_and(Option::is_some);
        if self.policy == RowPolicy::UpdateOnly && !is_there {
            return Outcome::Rejected(key_unknown(&self.entity));
        }
        let next = self.rows.len();
        let at = *self.index.entry(key).or_insert(next);
        if !self.seen.insert(at) {
            return Outcome::Rejected(duplicate_key(&self.entity, &row.cells));
        }
        let Some(present) = self.rows.get_mut(at) else {
            self.rows.push(Some(stored));
            self.changed = true;
            return Outcome::Inserted;
        };
        let Some(present) = present else {
            *present = Some(stored);
            self.changed = true;
            return Outcome::Inserted;
        };
        if self.policy == RowPolicy::CreateOnly {
            return Outcome::Unchanged;
        }
        let mut changes = Vec::new();
        let mut same = true;
        for (name, value) in stored {
            let old = present.get(&name);
            if old != Some(&value) && !(value.is_null() && old.is_none()) {
                same = false;
                if self.mode == Mode::Plan {
                    changes.push(FieldChange {
                        column: name.clone(),
                        from: old.and_then(text),
                        to: text(&value),
                    });
                }
                present.insert(name, value);
            }
        }
        if same {
            return Outcome::Unchanged;
        }
        self.changed = true;
        Outcome::Updated(changes)
    }

    fn delete_row(&mut self, row: &Row) -> Outcome {
        let mut stored = StoredRow::new();
        for i in self.entity.key_columns() {
            // A key that the format cannot hold was never delivered.
            let Some(Ok(value)) = row.cells.get(i).map(|cell| self.format.store(cell)) else {
                return Outcome::Unchanged;
            };
            stored.insert(self.entity.column_name(i).to_owned(), value);
        }
        let key = self.stored_key(&stored);
        match self.index.remove(&key).and_then(|at| self.rows.get_mut(at)).and_then(Option::take) {
            Some(_) => {
                self.changed = true;
                Outcome::Deleted
            }
            None => Outcome::Unchanged,
        }
    }

    fn replace_file(&self) -> Result<(), DestinationError> {
        let folder = self.path.parent().filter(|f| !f.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut name = std::ffi::OsString::from(".");
        name.push(self.path.file_name().unwrap_or_default());
        // A fixed name: what a dead run left behind is overwritten by the next.
        name.push(".pqm-new");
        let temporary = folder.join(name);
        let write = || {
            let mut out = BufWriter::new(File::create(&temporary)?);
            self.format.write(&self.header, &mut self.rows.iter().flatten(), &mut out)?;
            let file = out.into_inner().map_err(std::io::IntoInnerError::into_error)?;
            if let Ok(present) = fs::metadata(&self.path) {
                file.set_permissions(present.permissions())?;
            }
            file.sync_all()?;
            fs::rename(&temporary, &self.path)
        };
        if let Err(error) = write() {
            let _ = fs::remove_file(&temporary);
            return Err(DestinationError::from_io("write", &self.path, error));
        }
        // The new name is on the disk only once the folder is. Not every system can sync a folder.
        let _ = File::open(folder).and_then(|f| f.sync_all());
        Ok(())
    }
}

impl<F: FileFormat> UpsertWriter for KeyedFileWriter<F> {
    fn write(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError> {
        Ok(rows.iter().map(|row| self.write_row(row)).collect())
    }

    fn delete(&mut self, rows: &[Row]) -> Result<Vec<Outcome>, DestinationError> {
        Ok(rows.iter().map(|row| self.delete_row(row)).collect())
    }

    fn checkpoint(&mut self) -> Result<bool, DestinationError> {
        // The file is replaced once, at the end: a checkpoint would copy it whole each time.
        Ok(false)
    }

    fn finish(self: Box<Self>) -> Result<(), DestinationError> {
        if self.changed && self.mode == Mode::Write { self.replace_file() } else { Ok(()) }
    }
}

/// A stored value as people read it; none for null.
fn text(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.clone()),
        other => Some(other.to_string()),
    }
}

#[cfg(test)]
#[path = "keyed_file_tests.rs"]
mod tests;
