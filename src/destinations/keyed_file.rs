//! Upserts into a file that is read whole, merged by key and replaced as a whole.
//!
//! The new content goes to a temporary file in the same folder, is brought to the disk and then takes the
//! old file's name in one step: a reader, or a run that dies, sees the old content or the new, nothing
//! between. A file in which nothing changes is not touched. Rows keep their place; new ones follow.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;
use serde_json::{Map, Value};

use super::error::prepare_path;
use super::{
    Cell, DestinationError, Entity, Outcome, Rejection, RejectionCode, Row, UpsertWriter, duplicate_key,
    missing_key,
};

/// One stored row: its columns in order. Files of text hold only text and null.
pub type StoredRow = Map<String, Value>;

/// How rows stand in a file.
pub trait FileFormat {
    /// The format with its article, for messages.
    const NAME: &'static str;

    /// Reads a whole file: its column names where the format has a header, and each row with the line it
    /// starts at. An error is the text that says what is wrong and where.
    fn read(&self, text: &str) -> Result<FileContent, String>;

    /// Writes a whole file.
    fn write(&self, header: &[String], rows: &[StoredRow], out: &mut dyn Write) -> std::io::Result<()>;

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

/// An [`UpsertWriter`] for one file.
pub struct KeyedFileWriter<F> {
    format: F,
    path: PathBuf,
    entity: Entity,
    header: Vec<String>,
    rows: Vec<StoredRow>,
    index: FxHashMap<Vec<String>, usize>,
    /// Index into `rows` -> number of the row of this run that wrote or met it.
    seen: FxHashMap<usize, u64>,
    changed: bool,
}

impl<F: FileFormat> KeyedFileWriter<F> {
    /// Reads the file if it is there.
    pub fn open(path: &Path, entity: Entity, format: F) -> Result<Self, DestinationError> {
        prepare_path(path)?;
        // A link stays a link: the file it leads to is the one to replace.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let wrong = |detail| DestinationError::WrongContent { path: path.clone(), expected: F::NAME, detail };
        let content = match fs::read(&path) {
            Ok(bytes) => {
                let text = String::from_utf8(bytes)
                    .map_err(|e| wrong(format!("byte {} is not UTF-8", e.utf8_error().valid_up_to())))?;
                Some(format.read(text.strip_prefix('\u{feff}').unwrap_or(&text)).map_err(wrong)?)
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => None,
            Err(error) => return Err(DestinationError::from_io("read", &path, error)),
        };
        let wanted: Vec<String> = entity.columns().iter().map(|c| c.name.clone()).collect();
        let mut writer = Self {
            changed: content.is_none(),
            header: wanted.clone(),
            rows: Vec::new(),
            index: FxHashMap::default(),
            seen: FxHashMap::default(),
            format,
            path,
            entity,
        };
        let Some(content) = content else { return Ok(writer) };
        if writer.format.has_header() && !content.header.is_empty() {
            let missing: Vec<String> =
                wanted.into_iter().filter(|name| !content.header.contains(name)).collect();
            if !missing.is_empty() {
                return Err(DestinationError::MissingColumns {
                    path: writer.path,
                    entity: writer.entity.name().to_owned(),
                    columns: missing,
                });
            }
            writer.header = content.header;
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
            writer.rows.push(row);
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
        let next = self.rows.len();
        let at = *self.index.entry(key).or_insert(next);
        if let Some(&first) = self.seen.get(&at) {
            return Outcome::Rejected(duplicate_key(&self.entity, &row.cells, first));
        }
        self.seen.insert(at, row.number);
        let Some(present) = self.rows.get_mut(at) else {
            self.rows.push(stored);
            self.changed = true;
            return Outcome::Inserted;
        };
        let mut same = true;
        for (name, value) in stored {
            if present.get(&name) != Some(&value) {
                same = false;
                present.insert(name, value);
            }
        }
        if same {
            return Outcome::Unchanged;
        }
        self.changed = true;
        Outcome::Updated
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
            self.format.write(&self.header, &self.rows, &mut out)?;
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

    fn checkpoint(&mut self) -> Result<bool, DestinationError> {
        // The file is replaced once, at the end: a checkpoint would copy it whole each time.
        Ok(false)
    }

    fn finish(self: Box<Self>) -> Result<(), DestinationError> {
        if self.changed { self.replace_file() } else { Ok(()) }
    }
}

#[cfg(test)]
#[path = "keyed_file_tests.rs"]
mod tests;
