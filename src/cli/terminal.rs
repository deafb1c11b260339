//! What the terminal can show: colours and width.

use std::io::IsTerminal;

use clap::ValueEnum;

/// When to use colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On terminals
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The streams that may be terminals.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stream {
    /// Standard output.
    Output,
    /// Standard error.
    Error,
}

impl Colour {
    /// Whether to colour what goes to a stream.
    pub fn on(self, stream: Stream) -> bool {
        match self {
            Colour::Always => true,
            Colour::Never => false,
            Colour::Auto => wanted(|name| std::env::var(name).ok(), stream.is_terminal()),
        }
    }
}

/// The conventions of no-color.org and of CLICOLOR.
fn wanted(variable: impl Fn(&str) -> Option<String>, terminal: bool) -> bool {
    let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    if set("NO_COLOR") {
        return false;
    }
    if variable("CLICOLOR_FORCE").is_some_and(|value| !value.is_empty() && value != "0") {
        return true;
    }
    terminal && variable("TERM").as_deref() != Some("dumb") && variable("CLICOLOR").as_deref() != Some("0")
}

impl Stream {
    fn is_terminal(self) -> bool {
        match self {
            Stream::Output => std::io::stdout().is_terminal(),
            Stream::Error => std::io::stderr().is_terminal(),
        }
    }

    /// Characters in a line: of the terminal, or what COLUMNS says, or `otherwise`.
    pub fn width(self, otherwise: usize) -> usize {
        let terminal = match self {
            Stream::Output => terminal_size::terminal_size_of(std::io::stdout()),
            Stream::Error => terminal_size::terminal_size_of(std::io::stderr()),
        };
        let columns = || std::env::var("COLUMNS").ok().and_then(|text| text.parse().ok());
        terminal
            .map(|(width, _)| usize::from(width.0))
            .or_else(columns)
            .filter(|width| *width >= 20)
            .unwrap_or(otherwise)
    }
}

#[cfg(test)]
mod tests {
    use super::wanted;

    fn with(variables: &[(&str, &str)], terminal: bool) -> bool {
        wanted(
            |name| variables.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned()),
            terminal,
        )
    }

    #[test]
    fn colours_follow_the_conventions() {
        assert!(with(&[], true));
        assert!(!with(&[], false));
        assert!(!with(&[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")], true));
        assert!(with(&[("NO_COLOR", "")], true));
        assert!(with(&[("CLICOLOR_FORCE", "1")], false));
        assert!(!with(&[("CLICOLOR_FORCE", "0")], false));
        assert!(!with(&[("TERM", "dumb")], true));
        assert!(!with(&[("CLICOLOR", "0")], true));
    }
}
