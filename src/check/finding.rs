use crate::diagnostics::Diagnostic;
use crate::text::Span;

/// Something a check found.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What, where, and what to do. Its code says how serious it is: [`severity`](crate::diagnostics::severity).
    pub diagnostic: Diagnostic,
    /// How the text can be changed to be rid of it.
    pub fix: Option<Fix>,
}

/// A change of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced.
    pub span: Span,
    /// What stands there then.
    pub replacement: String,
    /// Whether the program gives the same as before. If not, only the author can say that it is right.
    pub safe: bool,
}

/// The text with fixes applied: the safe ones, and those for the codes in `also`. Of fixes that overlap the first one
/// is taken; checking again finds the others. Also says how many were applied.
pub fn apply(text: &str, findings: &[Finding], also: &[String]) -> (String, usize) {
    let asked = |finding: &&Finding| {
        let code = finding.diagnostic.code;
        finding.fix.as_ref().is_some_and(|fix| fix.safe)
            || also.iter().any(|one| one.eq_ignore_ascii_case(code))
    };
    let mut fixes: Vec<&Fix> =
        findings.iter().filter(asked).filter_map(|finding| finding.fix.as_ref()).collect();
    fixes.sort_by_key(|fix| (fix.span.start, fix.span.end));
    let (mut fixed, mut done, mut applied) = (String::with_capacity(text.len()), 0, 0);
    for fix in fixes {
        let (start, end) = (fix.span.start as usize, fix.span.end as usize);
        let Some(before) = text.get(done..start) else { continue };
        fixed.push_str(before);
        fixed.push_str(&fix.replacement);
        done = end;
        applied += 1;
    }
    fixed.push_str(text.get(done..).unwrap_or_default());
    (fixed, applied)
}
