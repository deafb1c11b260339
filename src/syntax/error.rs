//! What the lexer and the parser have to say about a text that is not M.

use super::token::TokenKind;
use crate::text::Span;

/// One mistake in a text, told so that its author can mend it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SyntaxError {
    /// What kind of mistake.
    pub code: SyntaxErrorCode,
    /// The place to point at.
    pub span: Span,
    /// What is wrong, in one sentence.
    pub message: String,
    /// What could have stood there, if that can be said in a few words.
    pub expected: Option<&'static str>,
    /// The token that stood there instead.
    pub found: Option<TokenKind>,
    /// What to do about it.
    pub help: Option<String>,
    /// Another place that explains the mistake, and what about it.
    pub related: Option<(Span, String)>,
    /// Whether the text simply ended too early: more text could make it right.
    pub at_end: bool,
}

macro_rules! codes {
    ($($(#[$doc:meta])* $name:ident = $code:literal,)*) => {
        /// The kinds of syntax errors. Their codes are stable: never reused, never renumbered.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
        pub enum SyntaxErrorCode {
            $($(#[$doc])* $name,)*
        }

        impl SyntaxErrorCode {
            /// Every code there is.
            pub const ALL: &[SyntaxErrorCode] = &[$(SyntaxErrorCode::$name,)*];

            /// The stable code, such as `M0103`.
            pub fn code(self) -> &'static str {
                match self {
                    $(SyntaxErrorCode::$name => $code,)*
                }
            }
        }
    };
}

codes! {
    /// A character that M does not use.
    UnexpectedCharacter = "M0101",
    /// A text, quoted name or verbatim literal without its closing quote.
    UnterminatedText = "M0102",
    /// A `/*` without `*/`.
    UnterminatedComment = "M0103",
    /// A `#(...)` that is no escape sequence.
    InvalidEscape = "M0104",
    /// A name with `#` that M does not have.
    UnknownHashName = "M0105",
    /// Text in quotes other than `"`.
    WrongQuotes = "M0106",
    /// A number that is not written as M wants it.
    MalformedNumber = "M0107",
    /// An expression is absent.
    ExpressionExpected = "M0110",
    /// A name is absent.
    NameExpected = "M0111",
    /// A type is absent.
    TypeExpected = "M0112",
    /// The `=` between a name and its value is absent.
    EqualsExpected = "M0113",
    /// The comma between two items is absent, or something else stands there.
    CommaExpected = "M0114",
    /// A comma after the last item.
    TrailingComma = "M0115",
    /// A bracket that is never closed.
    UnclosedBracket = "M0116",
    /// A bracket closed by one of another kind.
    MismatchedBracket = "M0117",
    /// Something stands after the end of the expression.
    TextAfterEnd = "M0118",
    /// A `let` without `in`.
    InExpected = "M0119",
    /// An `if` without `then`.
    ThenExpected = "M0120",
    /// An `if` without `else`.
    ElseExpected = "M0121",
    /// A function without `=>`.
    ArrowExpected = "M0122",
    /// An operator of another language.
    ForeignOperator = "M0123",
    /// A keyword where a name belongs.
    KeywordAsName = "M0124",
    /// An expression that needs parentheses to stand here.
    ParenthesesNeeded = "M0125",
    /// `catch` without a suitable function.
    CatchFunction = "M0126",
    /// `is`, `as` or a parameter with a type that is not primitive.
    PrimitiveTypeExpected = "M0127",
    /// A required parameter after an optional one.
    OptionalNotLast = "M0128",
    /// A name that is already taken in the same `let`, record, section or parameter list.
    DuplicateName = "M0129",
    /// The `;` after a section or a section member is absent.
    SemicolonExpected = "M0130",
    /// Something other than a literal in an attribute record.
    LiteralExpected = "M0131",
    /// The text is nested too deeply.
    TooDeep = "M0132",
    /// The text is 4 GiB long or longer.
    TooLong = "M0133",
    /// A keyword in capital letters.
    KeywordCase = "M0134",
    /// A parameter of a function type without a type.
    ParameterTypeExpected = "M0135",
    /// `...` in a record type where it cannot stand.
    OpenMarker = "M0136",
    /// A name with blanks that is not quoted.
    NameNeedsQuotes = "M0137",
    /// A member of a section is absent or unreadable.
    MemberExpected = "M0138",
    /// A parameter list that holds something other than parameters.
    ParameterExpected = "M0139",
}

impl SyntaxError {
    /// An error with a place and a message; the rest is added by the `with_` functions.
    pub(super) fn new(code: SyntaxErrorCode, span: Span, message: impl Into<String>) -> SyntaxError {
        SyntaxError {
            code,
            span,
            message: message.into(),
            expected: None,
            found: None,
            help: None,
            related: None,
            at_end: false,
        }
    }

    pub(super) fn with_help(mut self, help: impl Into<String>) -> SyntaxError {
        self.help = Some(help.into());
        self
    }

    pub(super) fn with_related(mut self, span: Span, what: impl Into<String>) -> SyntaxError {
        self.related = Some((span, what.into()));
        self
    }

    pub(super) fn with_expected(mut self, expected: &'static str) -> SyntaxError {
        self.expected = Some(expected);
        self
    }

    pub(super) fn with_found(mut self, found: TokenKind) -> SyntaxError {
        self.found = Some(found);
        self
    }

    pub(super) fn ending(mut self) -> SyntaxError {
        self.at_end = true;
        self
    }
}

impl std::fmt::Display for SyntaxError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} at {:?}: {}", self.code.code(), self.span, self.message)
    }
}

impl std::error::Error for SyntaxError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_unique_and_well_formed() {
        let mut seen = std::collections::HashSet::new();
        for code in SyntaxErrorCode::ALL {
            let text = code.code();
            assert!(text.len() == 5 && text.starts_with("M01"), "{text}");
            assert!(seen.insert(text), "{text} twice");
        }
    }
}
