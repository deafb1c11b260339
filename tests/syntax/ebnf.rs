//! Reads `grammar/m.ebnf` and makes sentences of it.

use std::collections::{BTreeMap, BTreeSet};

use crate::damage::Random;

/// About how long a sentence gets, in bytes.
const LENGTH: usize = 1_500;

/// A part of a production.
#[derive(Clone, Debug)]
enum Term {
    Terminal(String),
    /// A class of characters in words.
    Class(String),
    Rule(String),
    Sequence(Vec<Term>),
    Choice(Vec<Term>),
    Optional(Box<Term>),
    Repeat(Box<Term>),
}

/// The grammar, production by production.
pub struct Grammar {
    rules: BTreeMap<String, Term>,
    lexical: BTreeSet<String>,
    /// The least depth that a sentence of each production needs.
    least: BTreeMap<String, usize>,
}

impl Grammar {
    pub fn read() -> Grammar {
        let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/grammar/m.ebnf")).unwrap();
        let (lexical, syntactic) = text.split_once("=== syntactic").unwrap();
        // The heading is the inside of a comment that begins before it.
        let lexical = rules(&format!("{lexical} *)"));
        let syntactic = rules(&format!("(* {syntactic}"));
        let names = lexical.keys().cloned().collect();
        let count = lexical.len() + syntactic.len();
        let rules: BTreeMap<String, Term> = lexical.into_iter().chain(syntactic).collect();
        assert_eq!(rules.len(), count, "a production stands twice");
        let mut grammar = Grammar { rules, lexical: names, least: BTreeMap::new() };
        grammar.check_names();
        grammar.measure();
        grammar
    }

    pub fn productions(&self) -> BTreeSet<&str> {
        self.rules.keys().map(String::as_str).collect()
    }

    fn check_names(&self) {
        for (name, term) in &self.rules {
            let mut todo = vec![term];
            while let Some(term) = todo.pop() {
                match term {
                    Term::Rule(used) => {
                        assert!(self.rules.contains_key(used), "{name} uses {used}, which is absent")
                    }
                    Term::Sequence(terms) | Term::Choice(terms) => todo.extend(terms),
                    Term::Optional(term) | Term::Repeat(term) => todo.push(term),
                    Term::Terminal(_) | Term::Class(_) => {}
                }
            }
        }
    }

    fn measure(&mut self) {
        loop {
            let before = self.least.len();
            for (name, term) in &self.rules {
                if !self.least.contains_key(name)
                    && let Some(depth) = self.depth(term)
                {
                    self.least.insert(name.clone(), depth + 1);
                }
            }
            if self.least.len() == before {
                break;
            }
        }
        assert_eq!(self.least.len(), self.rules.len(), "a production never ends");
    }

    fn depth(&self, term: &Term) -> Option<usize> {
        match term {
            Term::Terminal(_) | Term::Class(_) | Term::Optional(_) | Term::Repeat(_) => Some(0),
            Term::Rule(name) => self.least.get(name).copied(),
            Term::Sequence(terms) => {
                terms.iter().map(|term| self.depth(term)).try_fold(0, |most, depth| Some(most.max(depth?)))
            }
            Term::Choice(terms) => terms.iter().filter_map(|term| self.depth(term)).min(),
        }
    }

    /// A sentence of `start`, at most about `depth` deep; notes the productions it uses.
    pub fn sentence(
        &self,
        start: &str,
        depth: usize,
        random: &mut Random,
        used: &mut BTreeSet<String>,
    ) -> String {
        let mut maker = Maker { grammar: self, random, used, out: String::new(), names: 0 };
        maker.rule(start, depth);
        maker.out
    }
}

struct Maker<'a> {
    grammar: &'a Grammar,
    random: &'a mut Random,
    used: &'a mut BTreeSet<String>,
    out: String,
    names: usize,
}

impl Maker<'_> {
    fn rule(&mut self, name: &str, depth: usize) {
        let grammar = self.grammar;
        let lexical = grammar.lexical.contains(name);
        if lexical {
            let token = self.token(name, depth);
            self.space();
            self.out.push_str(&token);
        } else {
            self.used.insert(name.to_owned());
            self.term(&grammar.rules[name], depth.saturating_sub(1));
        }
    }

    /// One token, without white space around it.
    fn token(&mut self, name: &str, depth: usize) -> String {
        let outer = std::mem::take(&mut self.out);
        self.lexeme(name, depth);
        let mut token = std::mem::replace(&mut self.out, outer);
        // A number makes every name another, and no keyword or contextual word.
        if matches!(
            name,
            "identifier" | "regular-identifier" | "quoted-identifier" | "generalized-identifier"
        ) {
            self.names += 1;
            let number = format!("_{}", self.names);
            token.insert_str(token.len() - usize::from(token.ends_with('"')), &number);
        }
        token
    }

    fn lexeme(&mut self, name: &str, depth: usize) {
        self.used.insert(name.to_owned());
        let start = self.out.len();
        let grammar = self.grammar;
        loop {
            self.term_of(&grammar.rules[name], depth.saturating_sub(1), true);
            // What the grammar says in a comment: only Unicode scalar values.
            let code = u32::from_str_radix(&self.out[start..], 16).ok().and_then(char::from_u32);
            if !name.ends_with("unicode-escape-sequence") || code.is_some() {
                return;
            }
            self.out.truncate(start);
            if name.starts_with("long") {
                // Few random long values are in range; the first digits decide.
                self.out.push_str("0001");
                for _ in 0..4 {
                    self.lexeme("hex-digit", depth);
                }
                return;
            }
        }
    }

    fn space(&mut self) {
        let spaces =
            [" ", " ", " ", "\n", "\r\n", "\t", "\u{a0}", "\u{2028}", " /* , */ ", " // ]\n", " // ) \u{85}"];
        self.out.push_str(spaces[self.random.below(spaces.len())]);
    }

    fn term(&mut self, term: &Term, depth: usize) {
        self.term_of(term, depth, false);
    }

    fn term_of(&mut self, term: &Term, depth: usize, lexical: bool) {
        // Long enough: from here on only what must be.
        let depth = if self.out.len() > LENGTH { 0 } else { depth };
        match term {
            Term::Terminal(text) => {
                if !lexical {
                    self.space();
                }
                self.out.push_str(text);
            }
            Term::Class(words) => {
                let characters = class(words);
                self.out.push_str(characters[self.random.below(characters.len())]);
            }
            Term::Rule(name) if lexical => self.lexeme(name, depth),
            Term::Rule(name) => self.rule(name, depth),
            Term::Sequence(terms) => terms.iter().for_each(|term| self.term_of(term, depth, lexical)),
            Term::Choice(terms) => {
                let fits = |term: &&Term| self.grammar.depth(term).is_some_and(|least| least <= depth);
                let mut fitting: Vec<&Term> = terms.iter().filter(fits).collect();
                if fitting.is_empty() {
                    let least = terms.iter().filter_map(|term| self.grammar.depth(term)).min();
                    fitting = terms.iter().filter(|term| self.grammar.depth(term) == least).collect();
                }
                let chosen = fitting[self.random.below(fitting.len())];
                self.term_of(chosen, depth, lexical);
            }
            Term::Optional(term) => {
                if self.grammar.depth(term).is_some_and(|least| least <= depth) && self.random.below(2) == 0 {
                    self.term_of(term, depth, lexical);
                }
            }
            Term::Repeat(term) => {
                while self.grammar.depth(term).is_some_and(|least| least <= depth)
                    && self.random.below(3) == 0
                {
                    self.term_of(term, depth, lexical);
                }
            }
        }
    }
}

/// Some characters of a class that the grammar describes in words.
fn class(words: &str) -> &'static [&'static str] {
    match words {
        "blank of class Zs" => &[" ", "\u{a0}", "\u{1680}", "\u{2003}", "\u{202f}", "\u{205f}", "\u{3000}"],
        "tab, vertical tab or form feed" => &["\t", "\u{b}", "\u{c}"],
        "CR, LF, CR LF, U+0085, U+2028 or U+2029" => &["\r", "\n", "\r\n", "\u{85}", "\u{2028}", "\u{2029}"],
        "any character that ends no line" => &["a", " ", "*/", "\"", "ä", "😀", "\t"],
        "any character, but no asterisk before a slash" => &["a", " ", "* ", "/ ", "\"", "ä", "\r\n"],
        "any character but a quote, or # before a parenthesis" => {
            &["a", " ", "# ", "(", "ä", "😀", "\n", "//", "'"]
        }
        "class Lu, Ll, Lt, Lm, Lo or Nl" => &["a", "B", "é", "ǅ", "ʰ", "中", "Ⅷ", "ж"],
        "class Mn or Mc" => &["\u{301}", "\u{903}"],
        "class Nd" => &["1", "7", "٣"],
        "class Pc" => &["‿", "_"],
        "class Cf" => &["\u{200d}", "\u{ad}"],
        other => panic!("no characters for the class {other:?}"),
    }
}

fn rules(text: &str) -> BTreeMap<String, Term> {
    let tokens = tokens(text);
    let mut rules = BTreeMap::new();
    let mut at = 0;
    while at < tokens.len() {
        let name = tokens[at].clone();
        assert_eq!(tokens[at + 1], "=", "after {name}");
        at += 2;
        let term = choice(&tokens, &mut at);
        assert_eq!(tokens[at], ";", "after the production {name}");
        at += 1;
        assert!(rules.insert(name.clone(), term).is_none(), "{name} stands twice");
    }
    rules
}

/// Names, quoted terminals (with their quotes), `? classes ?` and signs; comments left out.
fn tokens(text: &str) -> Vec<String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if rest.starts_with("(*") {
            let length = rest.find("*)").unwrap() + 2;
            rest = rest[length..].trim_start();
            continue;
        } else if matches!(first, '"' | '\'' | '?') {
            rest[1..].find(first).unwrap() + 2
        } else if first.is_ascii_alphabetic() {
            rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '-')).unwrap()
        } else {
            1
        };
        tokens.push(rest[..length].to_owned());
        rest = rest[length..].trim_start();
    }
    tokens
}

fn choice(tokens: &[String], at: &mut usize) -> Term {
    let mut options = vec![sequence(tokens, at)];
    while tokens[*at] == "|" {
        *at += 1;
        options.push(sequence(tokens, at));
    }
    if options.len() == 1 { options.remove(0) } else { Term::Choice(options) }
}

fn sequence(tokens: &[String], at: &mut usize) -> Term {
    let mut parts = Vec::new();
    loop {
        let token = tokens[*at].as_str();
        let closing = match token {
            "[" => "]",
            "{" => "}",
            "(" => ")",
            _ => "",
        };
        let part = match token.as_bytes()[0] {
            b'"' | b'\'' => Term::Terminal(token[1..token.len() - 1].to_owned()),
            b'?' => Term::Class(token[1..token.len() - 1].trim().to_owned()),
            b'[' | b'{' | b'(' => {
                *at += 1;
                let inner = choice(tokens, at);
                assert_eq!(tokens[*at], closing);
                match closing {
                    "]" => Term::Optional(Box::new(inner)),
                    "}" => Term::Repeat(Box::new(inner)),
                    _ => inner,
                }
            }
            first if first.is_ascii_alphabetic() => Term::Rule(token.to_owned()),
            _ => return if parts.len() == 1 { parts.remove(0) } else { Term::Sequence(parts) },
        };
        *at += 1;
        parts.push(part);
    }
}
