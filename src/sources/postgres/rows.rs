//! The text form in which the server copies rows: tabs between cells, backslashes before what would be taken for
//! something else, `\N` for null.

/// Appends a cell.
pub fn push_escaped(out: &mut Vec<u8>, text: &str) {
    let mut rest = text.as_bytes();
    while let Some(at) =
        memchr::memchr3(b'\\', b'\t', b'\n', rest).into_iter().chain(memchr::memchr(b'\r', rest)).min()
    {
        let (plain, from) = rest.split_at(at);
        out.extend_from_slice(plain);
        let mark = match from.first() {
            Some(b'\t') => b't',
            Some(b'\n') => b'n',
            Some(b'\r') => b'r',
            _ => b'\\',
        };
        out.extend_from_slice(&[b'\\', mark]);
        rest = from.get(1..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
}

/// The cells of a line without its line end; none is null.
pub(super) fn cells(line: &[u8], mut each: impl FnMut(usize, Option<&str>)) {
    let mut buffer = Vec::new();
    for (i, cell) in line.split(|byte| *byte == b'\t').enumerate() {
        if cell == b"\\N" {
            each(i, None);
            continue;
        }
        let cell: &[u8] = if memchr::memchr(b'\\', cell).is_none() {
            cell
        } else {
            unescape(cell, &mut buffer);
            &buffer
        };
        // The session is in UTF-8.
        each(i, Some(&String::from_utf8_lossy(cell)));
    }
}

fn unescape(cell: &[u8], out: &mut Vec<u8>) {
    out.clear();
    let mut bytes = cell.iter();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'\\' => match bytes.next() {
                Some(b't') => b'\t',
                Some(b'n') => b'\n',
                Some(b'r') => b'\r',
                Some(b'b') => 8,
                Some(b'f') => 12,
                Some(b'v') => 11,
                Some(other) => *other,
                None => break,
            },
            other => *other,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn what_is_escaped_comes_back(texts in prop::collection::vec(prop::option::of("[\\\\\t\r\nabN\u{e9}]{0,6}"), 1..5)) {
            let mut line = Vec::new();
            for (i, text) in texts.iter().enumerate() {
                if i > 0 {
                    line.push(b'\t');
                }
                match text {
                    None => line.extend_from_slice(b"\\N"),
                    Some(text) => push_escaped(&mut line, text),
                }
            }
            prop_assert!(!line.contains(&b'\n') && !line.contains(&b'\r'));
            let mut found = Vec::new();
            cells(&line, |_, cell| found.push(cell.map(str::to_owned)));
            prop_assert_eq!(found, texts);
        }
    }
}
