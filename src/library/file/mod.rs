//! File.*, Folder.*: what the host grants of files.

mod contents;
mod folder;
#[cfg(test)]
mod tests;

use super::{Declaration, example, native};

pub(super) const FUNCTIONS: &[Declaration] = &[
    native(
        "File.Contents",
        "(path as text, optional options as nullable record) as binary",
        "The content of a file, as far as the host grants it. The file is read when its content is needed; documents are \
     read from it piece by piece.",
        &[example(
            "try File.Contents(\"no such folder/no such file.csv\") otherwise \"not there, or not granted\"",
            "\"not there, or not granted\"",
        )],
        contents::contents,
    ),
    native(
        "Folder.Contents",
        "(path as text, optional options as nullable record) as table",
        "The files and folders in a folder: Content (a binary, or the table of a folder), Name, Extension, Date accessed, \
         Date modified, Date created, Attributes, Folder Path. Dates that the host doesn't tell are null.",
        &[example(
            "try Folder.Contents(\"no such folder\") otherwise \"not there, or not granted\"",
            "\"not there, or not granted\"",
        )],
        folder::contents,
    ),
    native(
        "Folder.Files",
        "(path as text, optional options as nullable record) as table",
        "The files in a folder and in the folders inside it, with the columns of Folder.Contents.",
        &[example(
            "try Folder.Files(\"no such folder\") otherwise \"not there, or not granted\"",
            "\"not there, or not granted\"",
        )],
        folder::files,
    ),
];
