//! Tokens: what the lexer makes of a text. White space and comments are tokens too, so that the tokens of
//! a text, put together, are that text.

use crate::text::Span;

/// One token: what it is and where it stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Token {
    /// What it is.
    pub kind: TokenKind,
    /// Where it stands.
    pub span: Span,
}

const _: () = assert!(size_of::<Token>() == 12);

/// The kinds of tokens.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
#[repr(u8)]
pub enum TokenKind {
    // ---- trivia
    /// A run of white space, line ends included.
    WhiteSpace,
    /// `// ...` up to, not including, the line end.
    LineComment,
    /// `/* ... */`
    DelimitedComment,

    /// The end of the text: the last token of every text, always empty.
    End,

    // ---- names and literals
    /// `Name`, `Table.AddColumn`
    Identifier,
    /// `#"any name"`
    QuotedIdentifier,
    /// `#date`, `#shared`: a name that starts with `#`
    HashName,
    /// `1`, `.5`, `1.5e-3`, `0xFF`
    Number,
    /// `"..."`
    Text,
    /// `#!"..."`
    Verbatim,

    // ---- keywords
    /// `and`
    And,
    /// `as`
    As,
    /// `each`
    Each,
    /// `else`
    Else,
    /// `error`
    Error,
    /// `false`
    False,
    /// `if`
    If,
    /// `in`
    In,
    /// `is`
    Is,
    /// `let`
    Let,
    /// `meta`
    Meta,
    /// `not`
    Not,
    /// `null`
    Null,
    /// `or`
    Or,
    /// `otherwise`
    Otherwise,
    /// `section`
    Section,
    /// `shared`
    Shared,
    /// `then`
    Then,
    /// `true`
    True,
    /// `try`
    Try,
    /// `type`
    Type,

    // ---- operators and punctuators
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// `=`
    Equal,
    /// `<`
    Less,
    /// `<=`
    LessEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterEqual,
    /// `<>`
    NotEqual,
    /// `+`
    Plus,
    /// `-`
    Minus,
    /// `*`
    Asterisk,
    /// `/`
    Slash,
    /// `&`
    Ampersand,
    /// `(`
    LeftParen,
    /// `)`
    RightParen,
    /// `[`
    LeftBracket,
    /// `]`
    RightBracket,
    /// `{`
    LeftBrace,
    /// `}`
    RightBrace,
    /// `@`
    At,
    /// `!`
    Exclamation,
    /// `?`
    Question,
    /// `??`
    DoubleQuestion,
    /// `=>`
    Arrow,
    /// `..`
    DotDot,
    /// `...`
    Ellipsis,

    /// What is no M: a stray character, or a run in quotes that M does not have.
    Unknown,
}

/// The keywords of M, in the order of their kinds. (The `#names` are [`TokenKind::HashName`].)
const KEYWORDS: [(&str, TokenKind); 21] = [
    ("and", TokenKind::And),
    ("as", TokenKind::As),
    ("each", TokenKind::Each),
    ("else", TokenKind::Else),
    ("error", TokenKind::Error),
    ("false", TokenKind::False),
    ("if", TokenKind::If),
    ("in", TokenKind::In),
    ("is", TokenKind::Is),
    ("let", TokenKind::Let),
    ("meta", TokenKind::Meta),
    ("not", TokenKind::Not),
    ("null", TokenKind::Null),
    ("or", TokenKind::Or),
    ("otherwise", TokenKind::Otherwise),
    ("section", TokenKind::Section),
    ("shared", TokenKind::Shared),
    ("then", TokenKind::Then),
    ("true", TokenKind::True),
    ("try", TokenKind::Try),
    ("type", TokenKind::Type),
];

/// M's names that start with `#`.
pub const HASH_NAMES: [&str; 11] = [
    "#binary",
    "#date",
    "#datetime",
    "#datetimezone",
    "#duration",
    "#infinity",
    "#nan",
    "#sections",
    "#shared",
    "#table",
    "#time",
];

impl TokenKind {
    /// Whether the token is white space or a comment.
    pub fn is_trivia(self) -> bool {
        self <= TokenKind::DelimitedComment
    }

    /// Whether the token is a keyword that is spelled with letters only.
    pub fn is_keyword(self) -> bool {
        (TokenKind::And..=TokenKind::Type).contains(&self)
    }

    /// The keyword that `word` is, if it is one.
    pub fn keyword(word: &str) -> Option<TokenKind> {
        keyword(word.as_bytes())
    }

    /// How the token is spelled, for keywords, operators and punctuators.
    pub fn spelling(self) -> Option<&'static str> {
        use TokenKind::*;
        if let Some((word, _)) = KEYWORDS.iter().find(|(_, kind)| *kind == self) {
            return Some(word);
        }
        Some(match self {
            Comma => ",",
            Semicolon => ";",
            Equal => "=",
            Less => "<",
            LessEqual => "<=",
            Greater => ">",
            GreaterEqual => ">=",
            NotEqual => "<>",
            Plus => "+",
            Minus => "-",
            Asterisk => "*",
            Slash => "/",
            Ampersand => "&",
            LeftParen => "(",
            RightParen => ")",
            LeftBracket => "[",
            RightBracket => "]",
            LeftBrace => "{",
            RightBrace => "}",
            At => "@",
            Exclamation => "!",
            Question => "?",
            DoubleQuestion => "??",
            Arrow => "=>",
            DotDot => "..",
            Ellipsis => "...",
            _ => return None,
        })
    }
}

/// The keyword that these bytes spell. A match on byte strings, because every identifier passes here.
pub(super) fn keyword(word: &[u8]) -> Option<TokenKind> {
    use TokenKind::*;
    Some(match word {
        b"and" => And,
        b"as" => As,
        b"each" => Each,
        b"else" => Else,
        b"error" => Error,
        b"false" => False,
        b"if" => If,
        b"in" => In,
        b"is" => Is,
        b"let" => Let,
        b"meta" => Meta,
        b"not" => Not,
        b"null" => Null,
        b"or" => Or,
        b"otherwise" => Otherwise,
        b"section" => Section,
        b"shared" => Shared,
        b"then" => Then,
        b"true" => True,
        b"try" => Try,
        b"type" => Type,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_keyword_lists_agree() {
        for (word, kind) in KEYWORDS {
            assert_eq!(TokenKind::keyword(word), Some(kind));
            assert_eq!(kind.spelling(), Some(word));
            assert!(kind.is_keyword());
        }
        assert_eq!(TokenKind::keyword("optional"), None);
        assert_eq!(TokenKind::keyword("Let"), None);
    }
}
