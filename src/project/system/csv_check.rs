//! Reading a CSV file through before a row of it is delivered.
//!
//! M is lenient with a row of another length, and finds bytes of another encoding cell by cell, which suits
//! someone who explores a file. A run moves data on: a damaged file must stop it before anything is written.

use std::path::Path;
use std::sync::Arc;

use crate::eval::Context;
use crate::sources::bytes::{ByteSource, file_binary};
use crate::sources::csv::{Block, Blocks, Delimiter, Dialect};
use crate::sources::encoding::Encoding;
use crate::value::{Error, Result};

/// The number of rows below the header.
///
/// # Errors
/// What the host says if it does not give the file; the first row with more or fewer fields than the header
/// (blank lines pass: they have no key and are rejected one by one), the first bytes that are no text in the
/// encoding, a quote that is not closed.
pub(super) fn check(ctx: &Context, path: &Path, delimiter: &str, code_page: i64) -> Result<u64> {
    let Some(encoding) = Encoding::from_code_page(code_page) else {
        return Err(Error::data_format(format!("There is no encoding {code_page}.")));
    };
    let dialect = Dialect { delimiter: Delimiter::text(delimiter), ..Dialect::default() };
    let source = ByteSource::Binary(Arc::new(file_binary(path.to_owned())));
    let mut blocks = Blocks::new(ctx, &source, encoding, usize::MAX)?;
    let mut width = None;
    let mut rows = 0;
    while let Some(block) = blocks.next(ctx, &dialect)? {
        check_text(&block, width.is_none())?;
        if let Some(at) = block.split().unclosed {
            let message = format!("The quote opened in line {} is not closed.", block.line_at(at));
            return Err(Error::data_format(message));
        }
        for row in 0..block.split().len() {
            ctx.step()?;
            let found = block.split().width(row);
            let expected = *width.get_or_insert(found);
            let is_empty = |row| {
                let only = block.split().cell(row, 0);
                only.is_none_or(|only| only.bytes(block.text()).is_empty())
            };
            if found != expected && !(found == 1 && is_empty(row)) {
                let line = block.line_at(block.split().start(row));
                return Err(Error::data_format(format!(
                    "Line {line} has {} where the header has {expected}. A field that holds the delimiter \
                     or a line break must stand in quotes.",
                    if found == 1 { "1 field".to_owned() } else { format!("{found} fields") }
                )));
            }
            rows += 1;
        }
    }
    Ok(rows.max(1) - 1)
}

/// That the rows of a block are text.
fn check_text(block: &Block, first: bool) -> Result<()> {
    let text = block.rows_text();
    let name = block.encoding().name();
    if let Err(error) = std::str::from_utf8(text) {
        return Err(Error::data_format(format!(
            "Line {} holds bytes that are no {name} text. Name the file's encoding in the connection's options: \
             65001 for UTF-8, 1252 for Western European Windows files, 1200 for UTF-16.",
            block.line_at(block.split().start(0) + error.valid_up_to())
        )));
    }
    if first && memchr::memchr(0, text).is_some() {
        return Err(Error::data_format(format!(
            "The file holds null characters where {name} text was expected. If it is UTF-16, set encoding: 1200 \
             in the connection's options."
        )));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Engine;
    use crate::host::LocalHost;

    fn found(bytes: &[u8], code_page: i64) -> std::result::Result<u64, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        std::fs::write(&path, bytes).unwrap();
        let engine = Engine::new().with_host(LocalHost::new(folder.path()));
        let ctx = engine.compile("test", "1").unwrap().start();
        check(&ctx, &path, ",", code_page).map_err(|error| error.message().to_string())
    }

    #[test]
    fn a_sound_file_is_counted() {
        assert_eq!(found(b"a,b\n1,2\n\"x\ny\",4", 65001), Ok(2));
        assert_eq!(found(b"a,b\n", 65001), Ok(0));
        assert_eq!(found(b"", 65001), Ok(0));
        assert_eq!(found(b"a,b\n1,2\n\n", 65001), Ok(2));
        assert_eq!(found(b"a,b\nM\xfcller,2\n", 1252), Ok(1));
    }

    #[test]
    fn damage_is_named_with_its_line() {
        let is = |bytes: &[u8], page, start: &str| {
            let message = found(bytes, page).unwrap_err();
            assert!(message.starts_with(start), "{message}");
        };
        is(b"a,b\n1,2\n1,2,3\n", 65001, "Line 3 has 3 fields where the header has 2.");
        is(b"a,b\n\"x\ny\",2\n1\n", 65001, "Line 4 has 1 field where the header has 2.");
        is(b"a,b\n1,2\nM\xfcller,2\n", 65001, "Line 3 holds bytes that are no");
        is(b"a,b\n1,\"2\n3,4\n", 65001, "The quote opened in line 2 is not closed.");
        is(b"a\0,\0b\0\n\0", 65001, "The file holds null characters");
        is(b"a", 1, "There is no encoding 1.");
    }
}
