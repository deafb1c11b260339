//! Folders as tables of files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::eval::{Arguments, Context};
use crate::host::FolderEntry;
use crate::sources::bytes::{file_binary, host_error};
use crate::table::{RowSource, Table, from_rows};
use crate::value::temporal::{DateTime, TICKS_PER_MINUTE};
use crate::value::types::{FieldType, Form, RecordType, TableKey, TableType};
use crate::value::{Member, Record, Result, Shape, Text, Type, Value};

/// `Folder.Files(path)`: the files in the folder and in those inside it.
pub(super) fn files(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let path = arguments.text(0)?;
    table(ctx, Path::new(path.as_str()), true)
}

/// `Folder.Contents(path)`: the files and folders in the folder.
pub(super) fn contents(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let path = arguments.text(0)?;
    table(ctx, Path::new(path.as_str()), false)
}

fn table(ctx: &Context, path: &Path, deep: bool) -> Result<Value> {
    let entries = list(ctx, path)?;
    let columns = [
        ("Content", if deep { Form::Binary } else { Form::Any }),
        ("Name", Form::Text),
        ("Extension", Form::Text),
        ("Date accessed", Form::DateTime),
        ("Date modified", Form::DateTime),
        ("Date created", Form::DateTime),
        ("Attributes", Form::Record(None)),
        ("Folder Path", Form::Text),
    ];
    let fields = columns.map(|(name, form)| {
        let nullable = matches!(form, Form::DateTime);
        FieldType {
            name: Text::new(name),
            ty: Arc::new(Type { nullable, ..Type::new(form) }),
            optional: false,
        }
    });
    let shape = Arc::new(Shape::new(fields.iter().map(|field| field.name.clone())));
    let key = TableKey { columns: vec![Text::new("Folder Path"), Text::new("Name")], primary: true };
    let ty = TableType { row: Arc::new(RecordType { fields: fields.into(), open: false }), keys: vec![key] };
    let rows: Table = from_rows(shape, None, move || Box::new(Walk { waiting: stacked(&entries), deep }));
    Ok(Value::Table(Arc::new(rows.with_type(&ty))))
}

fn list(ctx: &Context, path: &Path) -> Result<Vec<FolderEntry>> {
    ctx.host()
        .list_folder(path)
        .map_err(|error| host_error(&error).with_detail(Value::text(path.to_string_lossy())))
}

/// Entries in the order they are to be taken from the end: files by name, then folders by name.
fn stacked(entries: &[FolderEntry]) -> Vec<FolderEntry> {
    let mut entries = entries.to_vec();
    entries.sort_by(|a, b| (b.is_folder, &b.path).cmp(&(a.is_folder, &a.path)));
    entries
}

/// Goes through entries, and with `deep` into the folders among them.
struct Walk {
    waiting: Vec<FolderEntry>,
    deep: bool,
}

impl RowSource for Walk {
    fn next(&mut self, ctx: &Context) -> Result<Option<Vec<Member>>> {
        while let Some(entry) = self.waiting.pop() {
            ctx.step()?;
            if entry.is_folder && self.deep {
                self.waiting.extend(stacked(&list(ctx, &entry.path)?));
                continue;
            }
            return Ok(Some(row(ctx, &entry)));
        }
        Ok(None)
    }
}

fn row(ctx: &Context, entry: &FolderEntry) -> Vec<Member> {
    let path = entry.path.clone();
    let content = if entry.is_folder {
        Member::lazy(move |ctx| table(ctx, &path, false))
    } else {
        Member::Ready(Value::Binary(Arc::new(file_binary(path))))
    };
    let extension = entry.path.extension().filter(|_| !entry.is_folder);
    let extension =
        extension.map(|extension| format!(".{}", extension.to_string_lossy())).unwrap_or_default();
    let name = entry.path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
    let modified = entry.modified.and_then(|ticks| local(ctx, ticks)).map_or(Value::Null, Value::DateTime);
    let attributes = Record::from_fields([
        ("Kind", Value::text(if entry.is_folder { "Folder" } else { "File" })),
        ("Size", if entry.is_folder { Value::Null } else { Value::Int64(entry.size as i64) }),
        ("Hidden", Value::Logical(name.starts_with('.'))),
        ("Directory", Value::Logical(entry.is_folder)),
    ]);
    vec![
        content,
        Value::from(name).into(),
        Value::from(extension).into(),
        Value::Null.into(),
        modified.into(),
        Value::Null.into(),
        Value::Record(Arc::new(attributes)).into(),
        Value::from(folder_text(entry.path.parent().map(Path::to_path_buf).unwrap_or_default())).into(),
    ]
}

/// The folder's path with a separator at its end.
fn folder_text(path: PathBuf) -> String {
    let mut text = path.to_string_lossy().into_owned();
    if !text.ends_with(std::path::MAIN_SEPARATOR) {
        text.push(std::path::MAIN_SEPARATOR);
    }
    text
}

/// A point in time as the host's zone shows it; UTC if the host does not grant the clock.
fn local(ctx: &Context, utc_ticks: i64) -> Option<DateTime> {
    let offset = ctx.fixed_now().map_or(0, |now| i64::from(now.offset_minutes));
    DateTime::from_ticks(utc_ticks.checked_add(offset * TICKS_PER_MINUTE)?)
}
