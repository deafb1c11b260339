//! The codes there are, and the page of each.

/// The code of errors that programs raise while they run.
pub const RAISED: &str = "M0301";
/// The code of evaluations that were stopped by a limit or by the host.
pub const STOPPED: &str = "M0302";

macro_rules! pages {
    ($($code:literal),* $(,)?) => {
        const PAGES: &[(&str, &str)] = &[$(($code, include_str!(concat!("codes/", $code, ".md")))),*];
    };
}

pages!();

/// All codes, sorted.
pub fn all_codes() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(code, _)| *code)
}

/// The page of a code, as Markdown: what it means, an example, how to mend it. The case of letters does not matter.
pub fn explanation(code: &str) -> Option<&'static str> {
    PAGES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)).map(|(_, page)| *page)
}
