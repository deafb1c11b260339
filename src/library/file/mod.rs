//! File.*, Folder.*: what the host grants of files.

mod contents;
#[cfg(test)]
mod tests;

use super::{Declaration, example, native};

pub(super) const FUNCTIONS: &[Declaration] = &[native(
    "File.Contents",
    "(path as text, optional options as nullable record) as binary",
    "The content of a file, as far as the host grants it. The file is read when its content is needed; documents are \
     read from it piece by piece.",
    &[example(
        "try File.Contents(\"no such folder/no such file.csv\") otherwise \"not there, or not granted\"",
        "\"not there, or not granted\"",
    )],
    contents::contents,
)];
