//! Countries and regions of ISO 3166-1: from any code, or a name in one of many languages, to the codes.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::eval::{Arguments, Context};
use crate::value::{Error, Result, Value};

/// Codes and names, one country a line; see its first lines for the origin.
const DATA: &str = include_str!("countries.tsv");

/// A country or region with its codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Country {
    /// Two letters: DE.
    pub alpha2: &'static str,
    /// Three letters: DEU.
    pub alpha3: &'static str,
    /// Three digits: 276.
    pub numeric: &'static str,
}

/// The M function of projects: the code of a country's name or other code; null for blank and null.
///
/// # Errors
/// A value that is no country or region, and a format that there is not.
pub(super) fn region_code(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let given = arguments.value(0).clone();
    let text = match &given {
        Value::Null => return Ok(Value::Null),
        Value::Text(text) if text.as_str().trim().is_empty() => return Ok(Value::Null),
        Value::Text(text) => text.as_str().to_owned(),
        Value::Int64(number) => number.to_string(),
        other => {
            return Err(Error::expression(format!("A {} is no country or region.", other.kind().name())));
        }
    };
    let Some(country) = find(&text) else {
        return Err(Error::expression(format!("{text:?} is no country or region.")).with_detail(given));
    };
    match arguments.value(1).as_text() {
        None | Some("alpha-2") => Ok(Value::text(country.alpha2)),
        Some("alpha-3") => Ok(Value::text(country.alpha3)),
        Some("numeric") => Ok(Value::text(country.numeric)),
        Some(other) => Err(Error::expression(format!(
            "There is no code format {other:?}: use \"alpha-2\", \"alpha-3\" or \"numeric\"."
        ))),
    }
}

/// Finds the country a text means: an alpha-2, alpha-3 or numeric code, or a name. Case, spaces around and
/// between words, full stops and a leading "the" do not matter.
pub fn find(text: &str) -> Option<Country> {
    let text = text.trim();
    let index = index();
    if text.len() <= 3 && text.bytes().all(|b| b.is_ascii_digit()) && !text.is_empty() {
        return index.get(&format!("{text:0>3}")).copied().flatten();
    }
    index.get(&normalize(text)).copied().flatten()
}

/// Codes and normalised names. A name of two countries leads to none.
fn index() -> &'static FxHashMap<String, Option<Country>> {
    static INDEX: OnceLock<FxHashMap<String, Option<Country>>> = OnceLock::new();
    INDEX.get_or_init(|| {
        let mut codes = FxHashMap::default();
        let mut names: FxHashMap<String, Option<Country>> = FxHashMap::default();
        for line in DATA.lines().filter(|line| !line.starts_with('#')) {
            let mut fields = line.split('\t');
            let (Some(alpha2), Some(alpha3), Some(numeric)) = (fields.next(), fields.next(), fields.next())
            else {
                continue;
            };
            let country = Country { alpha2, alpha3, numeric };
            for code in [alpha2, alpha3, numeric] {
                codes.insert(code.to_lowercase(), Some(country));
            }
            for name in fields {
                names
                    .entry(normalize(name))
                    .and_modify(|found| *found = found.filter(|f| *f == country))
                    .or_insert(Some(country));
            }
        }
        names.extend(codes);
        names
    })
}

fn normalize(text: &str) -> String {
    // The lower case of the Turkish capital I with a dot keeps the dot as a character of its own.
    let lower =
        text.to_lowercase().replace(['.', '\u{307}'], "").replace(['’', '`', '´'], "'").replace('&', " and ");
    let words: Vec<&str> = lower.split_whitespace().collect();
    let words = match words.as_slice() {
        ["the", rest @ ..] if !rest.is_empty() => rest,
        all => all,
    };
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names_of_many_languages_lead_to_the_country() {
        for (text, alpha2) in [
            ("de", "DE"),
            (" DEU ", "DE"),
            ("276", "DE"),
            ("Deutschland", "DE"),
            ("ALLEMAGNE", "DE"),
            ("Österreich", "AT"),
            ("40", "AT"),
            ("U.S.A.", "US"),
            ("the  United States of America", "US"),
            ("UK", "GB"),
            ("RU", "RU"),
            ("Royaume-Uni", "GB"),
            ("Côte d’Ivoire", "CI"),
            ("Korea, Republic of", "KR"),
            ("日本", "JP"),
            ("TÜRKİYE", "TR"),
            ("Bosnia and Herzegovina", "BA"),
            ("Trinidad & Tobago", "TT"),
        ] {
            assert_eq!(find(text).map(|c| c.alpha2), Some(alpha2), "{text}");
        }
        for text in ["", " ", "Atlantis", "EMEA", "999", "D", "Deutschlandd"] {
            assert_eq!(find(text), None, "{text}");
        }
    }

    #[test]
    fn every_code_leads_to_its_own_country() {
        let lines: Vec<&str> = DATA.lines().filter(|line| !line.starts_with('#')).collect();
        assert_eq!(lines.len(), 250, "249 of ISO 3166-1 and Kosovo");
        for line in lines {
            let fields: Vec<&str> = line.split('\t').collect();
            for code in &fields[..3] {
                let found = find(code).unwrap();
                assert_eq!([found.alpha2, found.alpha3, found.numeric], fields[..3]);
            }
            assert!(find(fields[3]).is_some_and(|c| c.alpha2 == fields[0]), "{}", fields[3]);
        }
    }
}
