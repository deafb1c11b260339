use std::sync::{Arc, OnceLock};

/// One source text with the name it is known by (a path, or `<eval>`).
///
/// Cheap to clone: the text and its line index are shared.
#[derive(Clone, Debug)]
pub struct Source(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    name: String,
    text: String,
    lines: OnceLock<Vec<u32>>,
}

/// A place as people count: both from 1, the column in Unicode scalar values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LineColumn {
    /// Line, from 1.
    pub line: u32,
    /// Column in characters, from 1.
    pub column: u32,
}

impl Source {
    /// A source called `name` holding `text`.
    pub fn new(name: impl Into<String>, text: impl Into<String>) -> Self {
        Source(Arc::new(Inner { name: name.into(), text: text.into(), lines: OnceLock::new() }))
    }

    /// The name the source is known by.
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.0.text
    }

    /// Whether both are the same shared source.
    pub fn same(&self, other: &Source) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Line and column of a byte offset (clamped to the end of the text).
    pub fn line_column(&self, offset: u32) -> LineColumn {
        let starts = self.0.lines.get_or_init(|| {
            let mut starts = vec![0];
            starts.extend(memchr::memchr_iter(b'\n', self.0.text.as_bytes()).map(|at| at as u32 + 1));
            starts
        });
        let line = starts.partition_point(|&start| start <= offset);
        let start = starts.get(line.wrapping_sub(1)).copied().unwrap_or(0) as usize;
        let end = (offset as usize).min(self.0.text.len());
        let column = self.0.text.get(start..end).map_or(0, |text| text.chars().count());
        LineColumn { line: line as u32, column: column as u32 + 1 }
    }
}
