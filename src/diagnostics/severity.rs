/// How serious a diagnostic is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// Good to know.
    Note,
    /// Probably not what is meant.
    Warning,
    /// A mistake: evaluating it fails.
    Error,
}

impl Severity {
    /// The word for it, the same in all formats: `note`, `warning`, `error`.
    pub const fn word(self) -> &'static str {
        match self {
            Severity::Note => "note",
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// How serious a code is. Only what checks find can be less than an error.
pub fn severity(code: &str) -> Severity {
    match code {
        "M0402" | "M0407" | "M0408" | "M0410" | "M0412" | "M0414" | "M0415" => Severity::Note,
        "M0401" | "M0403" | "M0409" | "M0411" | "M0413" => Severity::Warning,
        _ => Severity::Error,
    }
}
