//! Where results go: standard output, or a file that appears only once it is complete.

use std::fs::File;
use std::io::{self, BufWriter, StdoutLock, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::exit::Failure;

/// Bytes gathered before they are written.
const BUFFER: usize = 64 * 1024;

/// An open destination. Call [`Output::finish`] or [`Output::finish_result`] when all is written; an output that is dropped before leaves no file
/// behind and the old one as it was.
pub enum Output {
    /// Standard output.
    Standard(BufWriter<StdoutLock<'static>>),
    /// A device or pipe, which cannot be replaced.
    Direct(BufWriter<File>, PathBuf),
    /// A file beside the one that is meant, to be renamed.
    Replacing(BufWriter<NamedTempFile>, PathBuf),
}

impl Output {
    /// Opens the file, or standard output for none and for `-`.
    pub fn open(path: Option<&Path>) -> Result<Output, Failure> {
        // Opened by its name, standard output would be written from a place of its own: over what others wrote.
        let standard = ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].map(Path::new);
        let Some(path) = path.filter(|path| !standard.contains(path)) else {
            return Ok(Output::Standard(BufWriter::with_capacity(BUFFER, io::stdout().lock())));
        };
        let fail = |error: io::Error| Failure::file("write", path, &error);
        // A link keeps pointing where it points: what it points to is replaced.
        let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let known = std::fs::metadata(&target).ok();
        if known.as_ref().is_some_and(|known| known.is_dir()) {
            return Err(fail(io::Error::from(io::ErrorKind::IsADirectory)));
        }
        // A link in /dev may lead to a file that others hold open: it is written to, never replaced.
        let open = path.starts_with("/dev") && path.is_symlink();
        let device = known.as_ref().is_some_and(|known| open || !known.is_file());
        if device {
            let file = File::options().append(true).open(path).map_err(fail)?;
            return Ok(Output::Direct(BufWriter::with_capacity(BUFFER, file), target));
        }
        if known.as_ref().is_some_and(|known| known.permissions().readonly()) {
            return Err(Failure::Io(format!("Cannot write '{}': the file is read-only.", path.display())));
        }
        let folder = match target.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        let mut builder = tempfile::Builder::new();
        builder.prefix(".pqm-").suffix(".part");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            // Like any new file: what the user's mask leaves of this.
            builder.permissions(std::fs::Permissions::from_mode(0o666));
        }
        let temporary = match builder.tempfile_in(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Failure::file("write into the folder", folder, &error));
            }
            made => made.map_err(fail)?,
        };
        if let Some(known) = known {
            temporary.as_file().set_permissions(known.permissions()).map_err(fail)?;
        }
        Ok(Output::Replacing(BufWriter::with_capacity(BUFFER, temporary), target))
    }

    /// Brings a text that the user wrote, or may have no other copy of, to its place: it is on the disk before it
    /// replaces the file, so that a power cut leaves one of the two whole.
    pub fn finish(self) -> Result<(), Failure> {
        self.close(|file| file.sync_all())
    }

    /// Brings a result to its place, which can be computed again. It appears only once it is whole, as far as programs
    /// can see; when it gets to the disk is left to the system, since waiting for that can cost more than computing it.
    pub fn finish_result(self) -> Result<(), Failure> {
        self.close(|_| Ok(()))
    }

    fn close(self, settle: impl FnOnce(&File) -> io::Result<()>) -> Result<(), Failure> {
        let standard = Path::new("standard output");
        match self {
            Output::Standard(mut out) => {
                out.flush().map_err(|error| Failure::file("write", standard, &error))
            }
            Output::Direct(mut out, path) => {
                out.flush().map_err(|error| Failure::file("write", &path, &error))
            }
            Output::Replacing(out, path) => {
                let fail = |error: io::Error| Failure::file("write", &path, &error);
                let temporary = out.into_inner().map_err(|error| fail(error.into_error()))?;
                settle(temporary.as_file()).map_err(fail)?;
                temporary.persist(&path).map(|_| ()).map_err(|error| fail(error.error))
            }
        }
    }

    /// What the user calls the place.
    pub fn path(&self) -> &Path {
        match self {
            Output::Standard(_) => Path::new("standard output"),
            Output::Direct(_, path) | Output::Replacing(_, path) => path,
        }
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Output::Standard(out) => out.write(bytes),
            Output::Direct(out, _) => out.write(bytes),
            Output::Replacing(out, _) => out.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Output::Standard(out) => out.flush(),
            Output::Direct(out, _) => out.flush(),
            Output::Replacing(out, _) => out.flush(),
        }
    }
}
