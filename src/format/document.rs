//! The document: what is to be printed, as one flat run of operations with groups and indentation marked in it.
//!
//! It is Wadler's algebra written out flat, so that no part of the formatter recurses over it: a group is
//! printed on one line if it fits, else each of its own lines breaks.

/// How a line that is allowed to break looks when it does not.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Flat {
    /// Nothing.
    Empty,
    /// A blank.
    Blank,
    /// It always breaks, and every group around it with it.
    Never,
}

/// One operation.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Op<'s> {
    /// A piece of the text as it stands; may hold line ends (texts over several lines).
    Text(&'s str),
    /// A comment in slashes and stars, whose later lines may move with the first.
    Comment(&'s str),
    /// A comment that is printed at the end of the line, whatever is still to come on it.
    Trailing(&'s str),
    /// A blank that never breaks.
    Space,
    /// A place to break.
    Line {
        /// What it is when it does not break.
        flat: Flat,
        /// An empty line goes before the next one when it breaks.
        empty: bool,
    },
    /// A blank that breaks only where what follows up to the next line does not fit.
    Fill,
    /// One step of indentation more.
    Indent,
    /// One step less.
    Dedent,
    /// A group starts.
    Open,
    /// It ends.
    Close,
}

/// The operations that are being gathered.
#[derive(Default)]
pub(super) struct Document<'s> {
    ops: Vec<Op<'s>>,
    /// A trailing comment was put after the last line.
    trailing: bool,
}

impl<'s> Document<'s> {
    /// Adds an operation. A line after a trailing comment has to break.
    pub(super) fn push(&mut self, op: Op<'s>) {
        let op = match op {
            Op::Line { empty, .. } if std::mem::take(&mut self.trailing) => {
                Op::Line { flat: Flat::Never, empty }
            }
            Op::Fill if std::mem::take(&mut self.trailing) => Op::Line { flat: Flat::Never, empty: false },
            op => op,
        };
        self.trailing |= matches!(op, Op::Trailing(_));
        self.ops.push(op);
    }

    /// Whether a trailing comment waits for the line to end.
    pub(super) fn ends_in_comment(&self) -> bool {
        self.trailing
    }

    /// The last operation that prints or breaks.
    pub(super) fn last(&self) -> Option<Op<'s>> {
        self.ops
            .iter()
            .rev()
            .copied()
            .find(|op| !matches!(op, Op::Indent | Op::Dedent | Op::Open | Op::Close | Op::Trailing(_)))
    }

    /// All operations.
    pub(super) fn finish(self) -> Vec<Op<'s>> {
        self.ops
    }
}
