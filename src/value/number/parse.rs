//! Reading numbers: literals of the language, and text as people write it in some culture.

use rust_decimal::Decimal;

use super::convert::double_to_decimal;

/// A number as read: whole if it was written so and fits, else a double.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum ParsedNumber {
    /// Written without fraction or exponent, and within 64 bits.
    Whole(i64),
    /// Everything else.
    Double(f64),
}

/// Reads a number literal of M: decimal with optional fraction and exponent, or `0x` and hex
/// digits. The lexer has checked the form; what is no number at all gives `None`.
pub fn parse_literal(text: &str) -> Option<ParsedNumber> {
    let hex = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X"));
    if let Some(hex) = hex {
        return parse_hex(hex);
    }
    if !text.starts_with(|first: char| first.is_ascii_digit() || first == '.') {
        return None;
    }
    if let Ok(whole) = text.parse() {
        return Some(ParsedNumber::Whole(whole));
    }
    text.parse().ok().map(ParsedNumber::Double)
}

fn parse_hex(digits: &str) -> Option<ParsedNumber> {
    if digits.is_empty() {
        return None;
    }
    let mut exact = Some(0i64);
    let mut double = 0.0;
    for digit in digits.chars() {
        let digit = digit.to_digit(16)?;
        exact = exact.and_then(|value| value.checked_mul(16)?.checked_add(i64::from(digit)));
        double = double * 16.0 + f64::from(digit);
    }
    Some(exact.map_or(ParsedNumber::Double(double), ParsedNumber::Whole))
}

/// The signs and separators that a culture writes in numbers.
#[derive(Clone, Copy, Debug)]
pub struct NumberSymbols<'a> {
    /// Stands before the fraction.
    pub decimal: &'a str,
    /// Stands between groups of digits.
    pub group: &'a str,
    /// Stands before the fraction of an amount of money.
    pub currency_decimal: &'a str,
    /// Stands between groups of digits of an amount of money.
    pub currency_group: &'a str,
    /// Marks an amount of money.
    pub currency: &'a str,
    /// Marks a number below zero.
    pub negative: &'a str,
    /// Marks a number above zero.
    pub positive: &'a str,
    /// Marks hundredths.
    pub percent: &'a str,
    /// What is not a number.
    pub nan: &'a str,
    /// More than every number.
    pub positive_infinity: &'a str,
    /// Less than every number.
    pub negative_infinity: &'a str,
}

/// What stands in a text that reads as a number.
#[derive(Clone, Debug, PartialEq)]
pub enum NumberText {
    /// Digits with their sign and power of ten.
    Finite {
        /// Whether there is a minus sign or parentheses.
        negative: bool,
        /// All digits, without separators; at least one.
        digits: String,
        /// The power of ten that the digits, read as a whole number, are multiplied with.
        power: i32,
        /// Whether there was a fraction, an exponent or a percent sign.
        fractional: bool,
    },
    /// The culture's symbol for what is not a number or for an infinity.
    Special(f64),
}

impl NumberText {
    /// Takes a number apart, as `Number.FromText` accepts it: blanks around, a sign before or
    /// behind, or parentheses, a currency symbol, group separators anywhere before the decimal
    /// separator, an exponent, a percent sign. `None` if the text is no number.
    pub fn scan(text: &str, symbols: &NumberSymbols<'_>) -> Option<Self> {
        let trimmed = text.trim_matches(is_blank);
        if trimmed.is_empty() {
            return None;
        }
        for (symbol, value) in [
            (symbols.positive_infinity, f64::INFINITY),
            (symbols.negative_infinity, f64::NEG_INFINITY),
            (symbols.nan, f64::NAN),
        ] {
            if trimmed == symbol {
                return Some(Self::Special(value));
            }
        }
        Scanner { rest: trimmed, symbols, money: false, percent: false, sign: None, parenthesis: false }
            .number()
    }

    /// The number as M keeps it.
    pub fn to_number(&self) -> ParsedNumber {
        match self {
            Self::Special(value) => ParsedNumber::Double(*value),
            Self::Finite { negative, digits, power, fractional } => {
                let sign = if *negative { "-" } else { "" };
                if !fractional && let Ok(whole) = format!("{sign}{digits}").parse() {
                    return ParsedNumber::Whole(whole);
                }
                // The text is made of digits and an exponent: it always reads.
                let value = format!("{sign}{digits}e{power}").parse().unwrap_or(f64::NAN);
                ParsedNumber::Double(value)
            }
        }
    }

    /// The number as a double.
    pub fn to_double(&self) -> f64 {
        match self.to_number() {
            ParsedNumber::Whole(value) => value as f64,
            ParsedNumber::Double(value) => value,
        }
    }

    /// The number as a decimal; `None` if it is too big. Digits past the range are rounded.
    pub fn to_decimal(&self) -> Option<Decimal> {
        let Self::Finite { negative, digits, power, .. } = self else {
            return None;
        };
        let scale = -power;
        let sign = if *negative { "-" } else { "" };
        let plain = if let Ok(scale) = usize::try_from(scale) {
            let padded = format!("{digits:0>width$}", width = scale + 1);
            let (whole, fraction) = padded.split_at(padded.len() - scale);
            format!("{sign}{whole}.{fraction}")
        } else {
            format!("{sign}{digits}{}", "0".repeat(power.unsigned_abs().min(64) as usize))
        };
        let plain = plain.trim_end_matches('.');
        plain.parse().ok().or_else(|| double_to_decimal(self.to_double()))
    }
}

/// Blanks that .NET passes over around a number, and the hard spaces some cultures write.
fn is_blank(character: char) -> bool {
    matches!(character, ' ' | '\t'..='\r' | '\u{a0}' | '\u{202f}')
}

struct Scanner<'a> {
    rest: &'a str,
    symbols: &'a NumberSymbols<'a>,
    money: bool,
    percent: bool,
    sign: Option<bool>,
    parenthesis: bool,
}

impl Scanner<'_> {
    fn number(mut self) -> Option<NumberText> {
        while self.affix(true) {}
        let mut digits = String::new();
        let mut power = 0i32;
        let mut fraction = false;
        loop {
            let digit = self.rest.chars().next().filter(char::is_ascii_digit);
            if let Some(digit) = digit {
                digits.push(digit);
                self.rest = self.rest.get(1..)?;
                power -= i32::from(fraction);
            } else if !fraction && self.decimal_separator() {
                fraction = true;
            } else if fraction || digits.is_empty() || !self.group_separator() {
                break;
            }
        }
        if digits.is_empty() {
            return None;
        }
        let exponent = self.exponent();
        while self.affix(false) {}
        if !self.rest.is_empty() || self.parenthesis {
            return None;
        }
        let fractional = fraction || exponent.is_some() || self.percent;
        let power = power.saturating_add(exponent.unwrap_or(0)) - if self.percent { 2 } else { 0 };
        let digits = match digits.trim_start_matches('0') {
            "" => "0".to_owned(),
            significant => significant.to_owned(),
        };
        Some(NumberText::Finite { negative: self.sign == Some(true), digits, power, fractional })
    }

    /// Takes what may stand before (`leading`) or behind the digits, one item at a time.
    fn affix(&mut self, leading: bool) -> bool {
        let symbols = self.symbols;
        let blank = self.rest.trim_start_matches(is_blank);
        if blank.len() < self.rest.len() {
            self.rest = blank;
            return true;
        }
        if self.sign.is_none() {
            let minus = ["-", "\u{2212}", symbols.negative].iter().any(|sign| self.take(sign));
            if minus || self.take("+") || self.take(symbols.positive) {
                self.sign = Some(minus);
                return true;
            }
            if leading && self.take("(") {
                self.sign = Some(true);
                self.parenthesis = true;
                return true;
            }
        }
        if self.parenthesis && !leading && self.take(")") {
            self.parenthesis = false;
            return true;
        }
        if !self.money && self.take(symbols.currency) {
            self.money = true;
            return true;
        }
        if !self.percent && (self.take(symbols.percent) || self.take("%")) {
            self.percent = true;
            return true;
        }
        false
    }

    fn decimal_separator(&mut self) -> bool {
        self.take(self.symbols.decimal) || (self.money && self.take(self.symbols.currency_decimal))
    }

    fn group_separator(&mut self) -> bool {
        // A hard space in the culture's data stands for every blank that people type instead of it;
        // at the end of the digits, though, it is only a blank.
        for separator in [self.symbols.group, self.symbols.currency_group] {
            let hard_space = separator.chars().all(is_blank) && !separator.is_empty();
            if hard_space {
                let after = self.rest.trim_start_matches(is_blank);
                let is_inside =
                    after.len() < self.rest.len() && after.starts_with(|c: char| c.is_ascii_digit());
                if is_inside {
                    self.rest = after;
                    return true;
                }
            } else if self.take(separator) {
                return true;
            }
        }
        // The right single quotation mark and the apostrophe pass for each other.
        matches!(self.symbols.group, "'" | "\u{2019}") && (self.take("'") || self.take("\u{2019}"))
    }

    fn exponent(&mut self) -> Option<i32> {
        let rest = self.rest.strip_prefix(['e', 'E'])?;
        let (negative, rest) = match rest.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, rest.strip_prefix('+').unwrap_or(rest)),
        };
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        let (digits, rest) = rest.split_at_checked(length).filter(|(digits, _)| !digits.is_empty())?;
        self.rest = rest;
        // Powers past any number's range all mean the same; this keeps the sums below in range.
        let power = digits.parse().unwrap_or(i32::MAX).min(100_000);
        Some(if negative { -power } else { power })
    }

    fn take(&mut self, symbol: &str) -> bool {
        match self.rest.strip_prefix(symbol) {
            Some(rest) if !symbol.is_empty() => {
                self.rest = rest;
                true
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENGLISH: NumberSymbols<'static> = NumberSymbols {
        decimal: ".",
        group: ",",
        currency_decimal: ".",
        currency_group: ",",
        currency: "$",
        negative: "-",
        positive: "+",
        percent: "%",
        nan: "NaN",
        positive_infinity: "∞",
        negative_infinity: "-∞",
    };
    const FRENCH: NumberSymbols<'static> =
        NumberSymbols { decimal: ",", group: "\u{a0}", currency: "€", currency_decimal: ",", ..ENGLISH };

    fn read(text: &str) -> Option<ParsedNumber> {
        NumberText::scan(text, &ENGLISH).map(|number| number.to_number())
    }

    #[test]
    fn literals_keep_whole_numbers_whole() {
        assert_eq!(parse_literal("15"), Some(ParsedNumber::Whole(15)));
        assert_eq!(parse_literal(".5"), Some(ParsedNumber::Double(0.5)));
        assert_eq!(parse_literal("1e3"), Some(ParsedNumber::Double(1000.0)));
        assert_eq!(parse_literal("0x2045E"), Some(ParsedNumber::Whole(0x2045e)));
        assert_eq!(parse_literal("0x3FF0000000000000"), Some(ParsedNumber::Whole(4_607_182_418_800_017_408)));
        assert_eq!(parse_literal("9223372036854775808"), Some(ParsedNumber::Double(9223372036854775808.0)));
        assert_eq!(parse_literal("inf"), None);
        assert_eq!(parse_literal("0x"), None);
    }

    #[test]
    fn group_separators_vanish_silently() {
        assert_eq!(read("1,5"), Some(ParsedNumber::Whole(15)));
        assert_eq!(read("3,423.10"), Some(ParsedNumber::Double(3423.1)));
        assert_eq!(read(",5"), None);
        assert_eq!(read("1.2,3"), None);
    }

    #[test]
    fn signs_blanks_money_and_percent() {
        assert_eq!(read("  -15 "), Some(ParsedNumber::Whole(-15)));
        assert_eq!(read("15-"), Some(ParsedNumber::Whole(-15)));
        assert_eq!(read("($1,234.50)"), Some(ParsedNumber::Double(-1234.5)));
        assert_eq!(read("$ 15"), Some(ParsedNumber::Whole(15)));
        assert_eq!(read("12.3%"), Some(ParsedNumber::Double(0.123)));
        assert_eq!(read("+5.0e-10"), Some(ParsedNumber::Double(5e-10)));
        assert_eq!(read("∞"), Some(ParsedNumber::Double(f64::INFINITY)));
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for text in ["", " ", "abc", "12 apples", "1 2", "--1", "(1", "1)", "1e", "%", "$", ".", "0x1F"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn a_hard_space_in_the_culture_matches_a_typed_one() {
        for text in ["1 234,5", "1\u{a0}234,5", "1\u{202f}234,5 €"] {
            let number = NumberText::scan(text, &FRENCH).map(|number| number.to_double());
            assert_eq!(number, Some(1234.5), "{text}");
        }
    }

    #[test]
    fn decimals_keep_their_scale() {
        let decimal = |text| NumberText::scan(text, &ENGLISH).and_then(|number| number.to_decimal());
        assert_eq!(decimal("-1.230").map(|value| value.to_string()), Some("-1.230".to_owned()));
        assert_eq!(decimal("12e2").map(|value| value.to_string()), Some("1200".to_owned()));
        assert_eq!(decimal("0.05%").map(|value| value.to_string()), Some("0.0005".to_owned()));
        assert_eq!(decimal("1e40"), None);
        assert_eq!(decimal("1e-40"), Some(Decimal::ZERO));
    }
}
