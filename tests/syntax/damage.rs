//! Damaged texts: cut off anywhere, with pieces lost, doubled and replaced. Nothing may panic, hang or
//! reach outside the text.

use crate::corpus::samples;
use crate::invariants::parse_checked;

/// A small pseudo-random generator, so that failures can be repeated.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % limit.max(1)
    }
}

/// Texts that use every construct, for when the corpus is absent.
const OWN: &[&str] = &[
    "let\r\n    Source = Csv.Document(File.Contents(\"a.csv\"), [Delimiter = \",\", Encoding = 65001]),\r\n    #\"Changed Type\" = Table.TransformColumnTypes(Source, {{\"a\", type text}, {\"b\", Int64.Type}}),\r\n    Rows = Table.SelectRows(#\"Changed Type\", each [a] <> null and [Unit Price]? > 1.5e3 /* c */)\r\nin\r\n    Rows // end",
    "[A = 1] section Section1; [B = {1, null}] shared X = (a, optional b as nullable text) as any => try a otherwise @X(b){0}?[[c], [d]]; Y = Section1!X ?? ...;",
    "try error [Reason = \"a#(cr,lf)\"] catch (e) => if e is null then type table [a = text, optional b] else type function (a as {any}, optional b as [c = nullable date, ...]) as none",
    "{1..10, -0xFF, not true, #date(2024, 1, 1), #!\"x\", x meta [a = 1] & {\"ä\"}}",
];

const PIECES: &[&str] = &[
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ";",
    "=",
    "=>",
    "==",
    "!=",
    "&&",
    "||",
    "\"",
    "#\"",
    "#(",
    "'",
    "“",
    "/*",
    "//",
    "let ",
    " in ",
    "if ",
    " then ",
    " else ",
    "each ",
    "try ",
    " otherwise ",
    " catch ",
    "error ",
    "section ",
    "shared ",
    "type ",
    " is ",
    " as ",
    "not ",
    " meta ",
    "..",
    "...",
    "?",
    "??",
    "@",
    "!",
    "1.",
    "0x",
    "1e",
    "\u{0}",
    "\u{2028}",
    "😀",
    "nullable ",
    "table ",
    "function(",
    "optional ",
    "#",
    "#date",
    ".",
    "\n",
];

fn texts() -> Vec<String> {
    let mut texts: Vec<String> = OWN.iter().map(|text| (*text).to_owned()).collect();
    texts.extend(samples("damage (own texts only)").into_iter().flatten().map(|sample| sample.text));
    texts
}

fn boundary(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

#[test]
fn own_texts_are_right() {
    for text in OWN {
        assert_eq!(parse_checked(text).errors, [], "{text}");
    }
}

#[test]
fn cut_off_anywhere() {
    for text in OWN {
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            parse_checked(&text[..end]);
            parse_checked(&text[end..]);
        }
    }
    let mut random = Random::new(1);
    for text in texts() {
        for _ in 0..4 {
            let end = boundary(&text, random.below(text.len() + 1));
            parse_checked(&text[..end]);
        }
    }
}

#[test]
fn changed_anywhere() {
    let texts = texts();
    for seed in 0..12_000 {
        let mut random = Random::new(seed);
        let mut text = texts[random.below(texts.len())].clone();
        for _ in 0..=random.below(4) {
            let start = boundary(&text, random.below(text.len() + 1));
            let end = boundary(&text, (start + random.below(12)).min(text.len())).max(start);
            match random.below(3) {
                0 => text.replace_range(start..end, ""),
                1 => text.insert_str(start, PIECES[random.below(PIECES.len())]),
                _ => text.replace_range(start..end, PIECES[random.below(PIECES.len())]),
            }
        }
        parse_checked(&text);
    }
}

#[test]
fn nothing_but_pieces() {
    for seed in 0..6_000 {
        let mut random = Random::new(seed);
        let text: String = (0..random.below(40)).map(|_| PIECES[random.below(PIECES.len())]).collect();
        parse_checked(&text);
    }
}

#[test]
fn time_grows_with_the_text_only() {
    // Each of these would take minutes if some search started over at every piece.
    for piece in PIECES.iter().copied().chain([
        "(a",
        "(a,",
        "[a ",
        "let a = 1 b ",
        "if a ",
        "{(",
        "f(]",
        "'a\" ",
        "« ",
        "x.",
        "a=>",
        "let (",
        "a is text = ",
        "a meta ",
        "\"",
        "#foo ",
        "1 2 ",
        "f(1 ",
        "{(1, ",
        "section a; b = (",
        "type [",
        "[a = ",
    ]) {
        let text = piece.repeat(60_000);
        let start = std::time::Instant::now();
        parse_checked(&text);
        let spent = start.elapsed();
        assert!(spent.as_secs() < 20, "{piece:?} repeated took {spent:?}");
    }
}
