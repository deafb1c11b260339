//! What the bytes of a binary value look like.

use std::sync::Arc;

use crate::eval::{Arguments, Context};
use crate::sources::csv::{Delimiter, Dialect, Split, split};
use crate::sources::encoding::Encoding;
use crate::table::{Column, from_columns};
use crate::value::{Member, Result, Shape, Text, Value};

/// How many bytes are looked at.
const LOOK: usize = 1 << 16;

/// First bytes that tell a format.
const SIGNATURES: &[(&[u8], &str)] = &[
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1A\n", "image/png"),
    (b"\xFF\xD8\xFF", "image/jpeg"),
    (b"GIF8", "image/gif"),
    (b"BM", "image/bmp"),
    (b"PK\x03\x04", "application/zip"),
    (b"\x1F\x8B", "application/x-gzip"),
    (b"\xD0\xCF\x11\xE0", "application/vnd.ms-excel"),
    (b"SQLite format 3\0", "application/vnd.sqlite3"),
    (b"PAR1", "application/vnd.apache.parquet"),
];

/// `Binary.InferContentType(source)`.
pub(super) fn infer(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let source = arguments.binary(0)?;
    let bytes = source.bytes(ctx)?;
    let look = bytes.get(..LOOK).unwrap_or(bytes);
    let plain = |kind: &str| Value::record([("Content.Type", Value::text(kind))]);
    let marked = Encoding::from_mark(look);
    if let Some((_, kind)) = SIGNATURES.iter().find(|(start, _)| marked.is_none() && look.starts_with(start))
    {
        return Ok(plain(kind));
    }
    let text = Encoding::UTF_8.decode(look);
    if marked.is_none() && text.chars().any(|c| c == '\0') {
        return Ok(plain("application/octet-stream"));
    }
    let start = text.trim_start();
    let kind = if start.starts_with("<?xml") {
        "text/xml"
    } else if start.get(..5).is_some_and(|tag| tag.eq_ignore_ascii_case("<html"))
        || start.get(..9).is_some_and(|tag| tag.eq_ignore_ascii_case("<!doctype"))
    {
        "text/html"
    } else if start.starts_with(['{', '[']) {
        "application/json"
    } else {
        ""
    };
    let mut fields = Vec::new();
    let delimiters = if kind.is_empty() { delimiters(&text) } else { Vec::new() };
    let kind = match kind {
        "" if delimiters.is_empty() => "text/plain",
        "" => "text/csv",
        known => known,
    };
    fields.push(("Content.Type", Value::text(kind)));
    if let Some((encoding, _)) = marked {
        fields.push(("Content.Encoding", Value::Int64(page(encoding))));
    }
    if kind == "text/csv" {
        let rows = delimiters.len();
        let column = |cell: &dyn Fn(&(char, usize)) -> Value| {
            Column::any(delimiters.iter().map(|found| Member::Ready(cell(found))).collect())
        };
        let columns = vec![
            column(&|(delimiter, _)| Value::text(delimiter.to_string())),
            column(&|(_, width)| Value::Int64(*width as i64)),
        ];
        let shape = Shape::new(["Delimiter", "Columns"].map(Text::new));
        let table = from_columns(Arc::new(shape), columns, rows);
        fields.push(("Csv.PotentialDelimiters", Value::Table(Arc::new(table))));
    }
    Ok(Value::record(fields))
}

fn page(encoding: Encoding) -> i64 {
    [1200, 1201].into_iter().find(|page| Encoding::from_code_page(*page) == Some(encoding)).unwrap_or(65001)
}

/// The delimiters that cut the first rows into equally many cells, most cells first.
fn delimiters(text: &str) -> Vec<(char, usize)> {
    let mut found: Vec<(char, usize)> = Vec::new();
    for delimiter in [',', ';', '\t', '|', ':', '='] {
        let dialect =
            Dialect { delimiter: Delimiter::text(delimiter.encode_utf8(&mut [0; 4])), ..Dialect::default() };
        let mut rows = Split::default();
        // The text may have been cut in mid-row: that row is not looked at.
        split(&dialect, text.as_bytes(), text.len() < LOOK, 100, &mut rows);
        let width = rows.width(0);
        if width > 1 && (1..rows.len()).all(|row| rows.width(row) == width) {
            found.push((delimiter, width));
        }
    }
    found.sort_by_key(|(_, width)| std::cmp::Reverse(*width));
    found
}
