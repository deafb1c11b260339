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

pages!(
    "M0101", "M0102", "M0103", "M0104", "M0105", "M0106", "M0107", "M0110", "M0111", "M0112", "M0113",
    "M0114", "M0115", "M0116", "M0117", "M0118", "M0119", "M0120", "M0121", "M0122", "M0123", "M0124",
    "M0125", "M0126", "M0127", "M0128", "M0129", "M0130", "M0131", "M0132", "M0133", "M0134", "M0135",
    "M0136", "M0137", "M0138", "M0139", "M0201", "M0202", "M0301", "M0302", "M0401", "M0402", "M0403",
    "M0404", "M0405", "M0406", "M0407", "M0408", "M0409", "M0410", "M0411", "M0412", "M0413", "M0414",
    "M0415", "P0101", "P0102", "P0103", "P0104", "P0105",
);

/// All codes, sorted.
pub fn all_codes() -> impl Iterator<Item = &'static str> {
    PAGES.iter().map(|(code, _)| *code)
}

/// The page of a code, as Markdown: what it means, an example, how to mend it. The case of letters does not matter.
pub fn explanation(code: &str) -> Option<&'static str> {
    PAGES.iter().find(|(known, _)| known.eq_ignore_ascii_case(code)).map(|(_, page)| *page)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::SyntaxErrorCode;

    #[test]
    fn every_code_the_parser_gives_has_a_page() {
        for code in SyntaxErrorCode::ALL {
            assert!(explanation(code.code()).is_some(), "{} has no page", code.code());
        }
        assert!(all_codes().is_sorted());
    }

    #[test]
    fn pages_begin_with_their_code() {
        for code in all_codes() {
            let page = explanation(code).unwrap();
            assert!(page.starts_with(&format!("# {code}: ")), "{code}: {page}");
        }
    }

    /// The blocks of a page that are marked `kind`.
    fn blocks<'p>(page: &'p str, kind: &str) -> Vec<&'p str> {
        let open = format!("```{kind}\n");
        page.split(open.as_str()).skip(1).filter_map(|rest| rest.split("\n```").next()).collect()
    }

    /// What a check of a text finds.
    fn checked(code: &str, text: &str) -> Vec<&'static str> {
        let options = crate::check::Options { strict: true, ..Default::default() };
        let found = crate::check::check(&crate::text::Source::new(code, text), &options);
        found.iter().map(|finding| finding.diagnostic.code).collect()
    }

    #[test]
    fn wrong_examples_give_the_code_and_right_ones_are_right() {
        for code in all_codes() {
            let page = explanation(code).unwrap();
            for wrong in blocks(page, "m wrong") {
                if code.starts_with("M04") {
                    assert_eq!(checked(code, wrong), [code], "{wrong}");
                    continue;
                }
                let found: Vec<&str> = match crate::Engine::new().compile(code, wrong) {
                    Err(diagnostics) => diagnostics.iter().map(|diagnostic| diagnostic.code).collect(),
                    Ok(query) => {
                        let ctx = query.start();
                        let error = query.evaluate(&ctx).err();
                        error.iter().map(|error| super::super::Diagnostic::from_error(error).code).collect()
                    }
                };
                assert!(found.contains(&code), "{code}: {wrong} gives {found:?}");
            }
            for right in blocks(page, "m") {
                let compiled = crate::Engine::new().compile(code, right);
                assert!(compiled.is_ok(), "{code}: {right} gives {:?}", compiled.err());
                assert!(!code.starts_with("M04") || checked(code, right).is_empty(), "{code}: {right}");
            }
        }
    }

    #[test]
    fn every_page_shows_how_it_is_done_right() {
        for code in all_codes().filter(|code| code.starts_with('M') && *code != "M0133") {
            assert!(!blocks(explanation(code).unwrap(), "m").is_empty(), "{code}");
        }
    }
}
