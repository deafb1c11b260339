use std::path::Path;
use std::sync::{Arc, Mutex};

use proptest::prelude::*;

use super::found::Found;
use super::lines::count_lines;
use super::pieces::{MOST, Onward, Piece, Pieces, Rows};
use super::{
    Block, Blocks, Counted, Delimiter, Dialect, Document, Extra, Quotes, Split, count_rows, split, unquote,
};
use crate::Engine;
use crate::eval::Context;
use crate::host::{Host, HostError, Shared};
use crate::sources::bytes::{ByteSource, file_binary};
use crate::sources::encoding::Encoding;
use crate::table::parallel::Pipeline;
use crate::table::{self, Demand};
use crate::value::{Binary, Shape, Text};

fn context() -> Context {
    Engine::new().compile("test", "null").unwrap().start()
}

fn document(bytes: &[u8], dialect: Dialect) -> Document {
    Document {
        source: ByteSource::Binary(Arc::new(Binary::new(bytes.to_vec()))),
        encoding: Encoding::UTF_8,
        dialect,
        extra: Extra::Ignore,
    }
}

fn shape(width: usize) -> Arc<Shape> {
    Arc::new(Shape::new((0..width).map(|at| Text::from(format!("c{at}")))))
}

/// The rows of a document, read in blocks whose first one has `size` bytes; each cell unquoted.
fn rows_in_blocks(bytes: &[u8], dialect: &Dialect, size: usize) -> Vec<Vec<Vec<u8>>> {
    let ctx = context();
    let source = document(bytes, dialect.clone()).source;
    let mut blocks = Blocks::new(&ctx, &source, Encoding::UTF_8, usize::MAX).unwrap().with_first_size(size);
    let mut rows = Vec::new();
    while let Some(mut block) = blocks.next(&ctx, dialect).unwrap() {
        rows.extend(rows_of_block(&mut block, dialect));
    }
    rows
}

fn rows_of_block(block: &mut Block, dialect: &Dialect) -> Vec<Vec<Vec<u8>>> {
    let read = cells(block.split(), block.text(), dialect);
    block.settle(dialect.quotes);
    assert_eq!(cells(block.split(), block.text(), dialect), read);
    read
}

/// What is found in pieces of a document that threads work on at the same time, and in what line each starts. The
/// later a piece stands, the earlier its thread starts, so that most have to guess where a row starts.
fn in_pieces<F: Found + Send>(
    bytes: &[u8],
    dialect: &Dialect,
    (size, times): (usize, usize),
    width: usize,
) -> Vec<Rows<F>> {
    let ctx = context();
    let source = document(bytes, dialect.clone()).source;
    let pieces = Pieces::new(&ctx, &source, Encoding::UTF_8, MOST, usize::MAX).unwrap();
    let mut pieces = pieces.with_sizes(size, times);
    let mut taken = Vec::new();
    let mut left = bytes.len() as i64;
    let mut next = size;
    while left >= 0 {
        taken.push(pieces.next(&ctx).unwrap().unwrap());
        left -= next as i64;
        next = (next * 2).min(size * times);
    }
    std::thread::scope(|scope| {
        let find = |piece: Piece| {
            let ctx = context();
            let rows = piece.find(&ctx, dialect, width, F::default()).unwrap();
            rows.map(|mut rows| {
                std::mem::replace(&mut rows.onward, Onward::none()).hand_over();
                rows
            })
        };
        let threads: Vec<_> = taken.into_iter().rev().map(|piece| scope.spawn(move || find(piece))).collect();
        threads.into_iter().rev().filter_map(|thread| thread.join().unwrap()).collect()
    })
}

/// That pieces worked on by threads hold the same rows as all of the text, in the same lines.
fn assert_pieces_agree(bytes: &[u8], dialect: &Dialect, sizes: (usize, usize)) {
    let mut whole = Split::default();
    split(dialect, bytes, true, usize::MAX, &mut whole);
    let width = if whole.is_empty() { 0 } else { whole.width(0) };
    let (mut rows, mut line) = (Vec::new(), 1);
    for piece in in_pieces::<Split>(bytes, dialect, sizes, width) {
        assert_eq!(piece.line, line);
        line += piece.found.lines;
        let (mut block, _) = Block::of(piece);
        rows.extend(rows_of_block(&mut block, dialect));
    }
    assert_eq!(rows, cells(&whole, bytes, dialect));
    assert_eq!(line, whole.lines + 1);
    let (mut count, mut unclosed, mut line) = (0, None, 1);
    for piece in in_pieces::<Counted>(bytes, dialect, sizes, width) {
        assert_eq!(piece.line, line);
        count += piece.found.rows;
        unclosed = piece.found.unclosed.map(|at| line + count_lines(&piece.text[piece.start..at]));
        line += piece.found.lines;
    }
    assert_eq!(count, whole.len());
    assert_eq!(unclosed, whole.unclosed.map(|at| 1 + count_lines(&bytes[..at])));
}

fn cells(found: &Split, text: &[u8], dialect: &Dialect) -> Vec<Vec<Vec<u8>>> {
    let content = |cell: super::Cell| {
        let mut out = Vec::new();
        if cell.quoted() {
            unquote(dialect.quotes, cell.bytes(text), &mut out);
        } else {
            out.extend_from_slice(cell.bytes(text));
        }
        out
    };
    (0..found.len()).map(|row| found.row(row).map(content).collect()).collect()
}

fn rows_of(text: &str, dialect: &Dialect) -> Vec<Vec<String>> {
    let mut found = Split::default();
    split(dialect, text.as_bytes(), true, usize::MAX, &mut found);
    let rows = cells(&found, text.as_bytes(), dialect);
    rows.into_iter()
        .map(|row| row.into_iter().map(|cell| String::from_utf8(cell).unwrap()).collect())
        .collect()
}

/// Writes a table as delimited text; cells are quoted where they must be, or always.
fn write(rows: &[Vec<String>], delimiter: &str, line_break: &str, always_quote: bool) -> String {
    let mut out = String::new();
    for row in rows {
        for (at, cell) in row.iter().enumerate() {
            if at > 0 {
                out.push_str(delimiter);
            }
            let special = cell.contains(['"', '\n', '\r']) || cell.contains(delimiter);
            // A cell may also take part in a delimiter of several characters.
            if always_quote || special || delimiter.len() > 1 {
                out.push('"');
                out.push_str(&cell.replace('"', "\"\""));
                out.push('"');
            } else {
                out.push_str(cell);
            }
        }
        out.push_str(line_break);
    }
    out
}

fn dialects() -> Vec<Dialect> {
    let mut dialects = Vec::new();
    for delimiter in [
        Delimiter::Byte(b','),
        Delimiter::text("#|#"),
        Delimiter::text("\u{a7}"),
        Delimiter::Blanks,
        Delimiter::AnyOf(vec![",".into(), ";".into()]),
        Delimiter::Positions(vec![1, 4]),
    ] {
        for quotes in [Quotes::AfterDelimiter, Quotes::Always] {
            for quoted_breaks in [true, false] {
                dialects.push(Dialect { delimiter: delimiter.clone(), quotes, quoted_breaks });
            }
        }
    }
    dialects
}

fn a_cell() -> impl Strategy<Value = String> {
    proptest::string::string_regex("[a-c,;|#\"\t \r\n\u{e9}\u{1F600}\u{a7}]{0,12}").unwrap()
}

proptest! {
    #[test]
    fn what_is_written_reads_back(
        rows in (1usize..5).prop_flat_map(|width| {
            prop::collection::vec(prop::collection::vec(a_cell(), width), 0..20)
        }),
        delimiter in prop::sample::select(vec![",", ";", "\t", "|", "#|#", "\u{a7}"]),
        line_break in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        always_quote in any::<bool>(),
        always_significant in any::<bool>(),
        size in 1usize..200,
    ) {
        let text = write(&rows, delimiter, line_break, always_quote);
        let dialect = Dialect {
            delimiter: Delimiter::text(delimiter),
            quotes: if always_significant { Quotes::Always } else { Quotes::AfterDelimiter },
            quoted_breaks: true,
        };
        let expected: Vec<Vec<Vec<u8>>> =
            rows.iter().map(|row| row.iter().map(|cell| cell.clone().into_bytes()).collect()).collect();
        prop_assert_eq!(rows_in_blocks(text.as_bytes(), &dialect, size), expected);
    }

    /// The fast way for one-byte delimiters finds what the general way finds, whatever the input.
    #[test]
    fn all_ways_of_splitting_agree(
        parts in prop::collection::vec(
            prop::sample::select(vec!["a", "b,", "\"", "\"\"", "\r", "\n", "\r\n", ",\"", "\",",
                "thirty characters or so of it ", "\"a quoted, longer cell with\na break\","]), 0..40),
        quoted_breaks in any::<bool>(),
        last in any::<bool>(),
        most in prop::sample::select(vec![1, 3, usize::MAX]),
    ) {
        let text = parts.concat();
        let fast = Dialect { quoted_breaks, ..Dialect::default() };
        let general = Dialect { delimiter: Delimiter::AnyOf(vec![",".into()]), ..fast.clone() };
        let found = |dialect: &Dialect| {
            let mut found = Split::default();
            split(dialect, text.as_bytes(), last, most, &mut found);
            let rows = &text.as_bytes()[..found.rest];
            assert_eq!(found.lines, count_lines(rows));
            (cells(&found, text.as_bytes(), dialect), found.rest, found.unclosed, found.lines)
        };
        let expected = found(&general);
        prop_assert_eq!(found(&fast), expected.clone());
        if most == usize::MAX {
            let (rows, rest, unclosed, lines) = expected;
            let expected = Counted { rows: rows.len(), rest, unclosed, lines };
            prop_assert_eq!(count_rows(&fast, text.as_bytes(), last), expected);
            prop_assert_eq!(count_rows(&general, text.as_bytes(), last), expected);
        }
    }

    /// Damaged input neither panics nor depends on how it is cut into blocks.
    #[test]
    fn blocks_do_not_matter(
        bytes in prop::collection::vec(
            prop::sample::select(b"ab ,;\"\"\"\r\n\n#|\xC3\xA9\xFF\x00".to_vec()), 0..200),
        size in 1usize..60,
    ) {
        for dialect in dialects() {
            let whole = rows_in_blocks(&bytes, &dialect, 1 << 16);
            prop_assert_eq!(rows_in_blocks(&bytes, &dialect, size), whole, "{:?}", dialect);
        }
    }

    #[test]
    fn reading_damaged_bytes_never_panics(
        bytes in prop::collection::vec(any::<u8>(), 0..300),
        page in prop::sample::select(vec![65001, 1200, 1201, 1252, 932, 20127, 50220]),
    ) {
        let ctx = context();
        for dialect in dialects() {
            let mut document = document(&bytes, dialect);
            document.encoding = Encoding::from_code_page(page).unwrap();
            for extra in [Extra::Ignore, Extra::Error, Extra::List] {
                document.extra = extra;
                let table = document.clone().into_table(shape(3));
                let Ok(batches) = table::collect(&ctx, &table, &Demand::all()) else { continue };
                for batch in batches {
                    for column in batch.columns() {
                        for row in 0..batch.len() {
                            let _ = column.get(row).force(&ctx);
                        }
                    }
                }
            }
        }
    }
}

proptest! {
    // Each case starts some hundred threads.
    #![proptest_config(ProptestConfig::with_cases(100))]

    /// It does not matter which thread finds which rows, and where threads guess that rows start.
    #[test]
    fn threads_do_not_matter(
        bytes in prop::collection::vec(
            prop::sample::select(b"ab ,;\"\"\"\r\n\n#|\xC3\xA9\xFF\x00".to_vec()), 0..200),
        size in 5usize..60,
        times in 1usize..5,
        dialect in prop::sample::select(dialects()),
    ) {
        assert_pieces_agree(&bytes, &dialect, (size, times));
    }

    /// Regular documents, the rows of some of which are longer than a piece, or than what is kept free before one.
    #[test]
    fn threads_find_the_rows_of_regular_documents(
        rows in prop::collection::vec(prop::collection::vec(a_cell(), 3), 1..60),
        long in prop::option::of((0usize..60, 1usize..12_000)),
        line_break in prop::sample::select(vec!["\n", "\r\n", "\r"]),
        size in 20usize..400,
        times in 1usize..20,
    ) {
        let mut rows = rows;
        if let Some((at, length)) = long
            && let Some(row) = rows.get_mut(at)
        {
            row[1] = "long, \"text\"\n".repeat(length / 14 + 1);
        }
        let text = write(&rows, ",", line_break, false);
        assert_pieces_agree(text.as_bytes(), &Dialect::default(), (size, times));
    }
}

#[test]
fn quotes_count_only_after_a_delimiter_or_everywhere() {
    let mut dialect = Dialect::default();
    let text = "a\"b,\"c\"d\"e,f\n \"g,h\"";
    assert_eq!(rows_of(text, &dialect), [vec!["a\"b", "cd\"e", "f"], vec![" \"g", "h\""]]);
    dialect.quotes = Quotes::Always;
    let text = "a\"b,b\",\"c\"d\"e,f\"\"\"\n \"g,h\"";
    assert_eq!(rows_of(text, &dialect), [vec!["ab,b", "cde,f\""], vec![" g,h"]]);
}

#[test]
fn line_breaks_end_rows() {
    let dialect = Dialect::default();
    assert_eq!(rows_of("a\r\nb\rc\n\nd", &dialect), [["a"], ["b"], ["c"], [""], ["d"]]);
    assert_eq!(rows_of("a,\n", &dialect), [["a", ""]]);
    assert_eq!(rows_of("a,", &dialect), [["a", ""]]);
    assert_eq!(rows_of("\"x\r\ny\",z", &dialect), [["x\r\ny", "z"]]);
    let without = Dialect { quoted_breaks: false, ..dialect };
    assert_eq!(rows_of("\"x,1\r\ny\",z", &without), [vec!["x,1"], vec!["y\"", "z"]]);
}

#[test]
fn positions_count_utf16_units() {
    let dialect = Dialect { delimiter: Delimiter::Positions(vec![0, 2, 4]), ..Dialect::default() };
    assert_eq!(
        rows_of("\u{e9}b\u{1F600}ef\nab\n", &dialect),
        [["\u{e9}b", "\u{1F600}", "ef"], ["ab", "", ""]]
    );
    let dialect = Dialect { delimiter: Delimiter::Positions(vec![1]), ..Dialect::default() };
    assert_eq!(rows_of("abc", &dialect), [["bc"]]);
}

#[test]
fn reads_only_what_is_asked_for() {
    let ctx = context();
    let text: String = (0..100_000).map(|row| format!("{row},x,\u{e9}\n")).collect();
    let table = document(text.as_bytes(), Dialect::default()).into_table(shape(3));
    assert_eq!(table::row_count(&ctx, &table).unwrap(), 100_000);
    let batches = table::collect(&ctx, &table, &Demand::only(3, [2]).first(10)).unwrap();
    assert_eq!(batches.iter().map(table::Batch::len).sum::<usize>(), 10);
    let batch = &batches[0];
    assert!(batch.column(0).unwrap().as_text().is_none());
    assert_eq!(batch.column(2).unwrap().as_text().unwrap().value(9), "\u{e9}");
    let last = table::row_at(&ctx, &table, 99_999).unwrap().unwrap();
    assert_eq!(last.force_at(0, &ctx).unwrap().unwrap().as_text(), Some("99999"));
}

#[test]
fn only_the_cell_that_is_no_text_fails() {
    let ctx = context();
    let table = document(b"a,b\nc,\xFF\n", Dialect::default()).into_table(shape(2));
    let batches = table::collect(&ctx, &table, &Demand::all()).unwrap();
    let (first, second) = (batches[0].column(0).unwrap(), batches[0].column(1).unwrap());
    assert!(first.as_text().is_some());
    assert_eq!(second.get(0).force(&ctx).unwrap().as_text(), Some("b"));
    let error = second.get(1).force(&ctx).unwrap_err();
    assert_eq!(error.reason().as_str(), "DataFormat.Error");
    assert!(error.message().contains("column 2 in line 2"), "{error}");
}

#[test]
fn an_unclosed_quote_fails_after_the_rows_before_it() {
    let ctx = context();
    let table = document(b"a\n\"b\nc\"\n\"d\ne\n", Dialect::default()).into_table(shape(1));
    let mut rows = table::rows(&ctx, &table).unwrap();
    assert!(rows.next(&ctx).unwrap().is_some());
    assert!(rows.next(&ctx).unwrap().is_some());
    let error = rows.next(&ctx).err().unwrap();
    assert!(error.message().contains("opens in line 4"), "{error}");
    assert!(rows.next(&ctx).unwrap().is_none());
}

/// A file of numbered rows that cannot be read from `breaks_at` on.
struct Breaking {
    text: String,
    breaks_at: u64,
}

impl Shared for Breaking {
    fn size(&self) -> std::io::Result<u64> {
        Ok(self.text.len() as u64)
    }

    fn read_at(&self, at: u64, buffer: &mut [u8]) -> std::io::Result<usize> {
        if at >= self.breaks_at {
            return Err(std::io::Error::other("the disk is gone"));
        }
        let rest = &self.text.as_bytes()[self.text.len().min(at as usize)..];
        // As much as a system may give at a time.
        let read = rest.len().min(buffer.len()).min(10_000);
        buffer[..read].copy_from_slice(&rest[..read]);
        Ok(read)
    }
}

struct SharedFile(Arc<Breaking>);

impl Host for SharedFile {
    fn open_shared(&self, _: &Path) -> std::result::Result<Option<Arc<dyn Shared>>, HostError> {
        Ok(Some(Arc::clone(&self.0) as Arc<dyn Shared>))
    }
}

#[test]
fn threads_read_a_file_side_by_side_up_to_where_it_breaks() {
    let text: String = (0..200_000).map(|row| format!("{row},\"x\ny\"\n")).collect();
    let length = text.len() as u64;
    for (breaks_at, threads) in [(u64::MAX, 1), (u64::MAX, 4), (length / 2, 1), (length / 2, 4)] {
        let host = SharedFile(Arc::new(Breaking { text: text.clone(), breaks_at }));
        let engine = Engine::new().with_host(host).with_threads(threads);
        let ctx = engine.compile("test", "null").unwrap().start();
        let mut document = document(b"", Dialect::default());
        document.source = ByteSource::Binary(Arc::new(file_binary("numbers.csv".into())));
        let table = document.into_table(shape(2));
        if breaks_at == u64::MAX {
            assert_eq!(table::row_count(&ctx, &table).unwrap(), 200_000);
        }
        let mut batches =
            Pipeline::of(&ctx, &**table.operator(), &Demand::all()).unwrap().rows(&Demand::all());
        let mut row = 0;
        let end = loop {
            match batches.next(&ctx) {
                Ok(Some(batch)) => {
                    let numbers = batch.column(0).unwrap().as_text().unwrap();
                    for number in numbers.iter() {
                        assert_eq!(number.unwrap(), row.to_string());
                        row += 1;
                    }
                }
                other => break other,
            }
        };
        if breaks_at == u64::MAX {
            assert!(end.is_ok());
            assert_eq!(row, 200_000);
        } else {
            let error = end.err().unwrap();
            assert_eq!(error.reason().as_str(), "DataSource.Error");
            assert!(error.message().contains("the disk is gone"), "{error}");
            assert!((50_000..110_000).contains(&row), "{row}");
        }
    }
}

#[test]
fn utf16_is_read_with_and_without_mark() {
    let ctx = context();
    for (mark, page) in [(true, 65001), (true, 1200), (false, 1200)] {
        let utf16 = Encoding::from_code_page(1200).unwrap();
        let mut bytes = if mark { utf16.mark().to_vec() } else { Vec::new() };
        bytes.extend(utf16.encode("a,\u{e9}\r\nb,\u{1F600}"));
        let mut document = document(&bytes, Dialect::default());
        document.encoding = Encoding::from_code_page(page).unwrap();
        assert_eq!(document.first_row_width(&ctx).unwrap(), 2);
        let row = table::row_at(&ctx, &document.into_table(shape(2)), 1).unwrap().unwrap();
        assert_eq!(row.force_at(1, &ctx).unwrap().unwrap().as_text(), Some("\u{1F600}"));
    }
}

#[test]
fn the_host_hears_of_cells_left_out() {
    #[derive(Clone, Default)]
    struct Listening(Arc<Mutex<Vec<String>>>);
    impl Host for Listening {
        fn warn(&self, message: &str) {
            self.0.lock().unwrap().push(message.to_owned());
        }
    }
    let host = Listening::default();
    let ctx = Engine::new().with_host(host.clone()).compile("test", "null").unwrap().start();
    let table = document(b"a,b\nc,d,\n1,2,3,4\n5,6,7", Dialect::default()).into_table(shape(2));
    table::collect(&ctx, &table, &Demand::all()).unwrap();
    let heard = host.0.lock().unwrap();
    assert_eq!(heard.len(), 1);
    assert!(heard[0].contains("in line 3") && heard[0].contains("'3'"), "{heard:?}");
}
