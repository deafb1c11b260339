/// How the cells of a row are told apart, and what quotes mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialect {
    /// What stands between cells.
    pub delimiter: Delimiter,
    /// Where a quote opens a quoted part.
    pub quotes: Quotes,
    /// Whether a line break inside quotes belongs to the cell; otherwise it ends the row and the quotes.
    pub quoted_breaks: bool,
}

/// What stands between cells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Delimiter {
    /// One ASCII character.
    Byte(u8),
    /// Any of these texts; where several match, the first of them. None is empty.
    AnyOf(Vec<String>),
    /// Runs of white space.
    Blanks,
    /// Nothing: cells start at these positions of the line, counted in UTF-16 units, in rising order.
    Positions(Vec<usize>),
}

/// Where quotes are significant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// At the start of a cell.
    AfterDelimiter,
    /// Everywhere.
    Always,
}

impl Default for Dialect {
    fn default() -> Dialect {
        Dialect { delimiter: Delimiter::Byte(b','), quotes: Quotes::AfterDelimiter, quoted_breaks: true }
    }
}

impl Delimiter {
    /// A delimiter that is a text; the empty one stands for runs of white space.
    pub fn text(text: &str) -> Delimiter {
        match text.as_bytes() {
            [] => Delimiter::Blanks,
            [byte] if !matches!(byte, b'"' | b'\r' | b'\n') => Delimiter::Byte(*byte),
            _ => Delimiter::AnyOf(vec![text.to_owned()]),
        }
    }
}
