//! Commands: what begins with a colon.

use crate::diagnostics::closest;

/// A command with its arguments.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// All commands, or one of them.
    Help(Option<String>),
    /// The applied steps.
    Steps,
    /// Shows a step or expression.
    Show(Option<String>),
    /// Renames a step: what was given, to be taken apart by those who know the names.
    Rename(String),
    /// Deletes a step, or it and all after it.
    Delete(String),
    /// Inserts a step after another.
    Insert(String),
    /// Moves a step.
    Move(String),
    /// Takes the last change back.
    Undo,
    /// Makes it again.
    Redo,
    /// Writes the steps to a file.
    Save(String),
    /// Opens the steps of a file.
    Load(String),
    /// Brings back the steps of a session that was not saved.
    Restore,
    /// Begins anew.
    Clear,
    /// The type of a value.
    Type(Option<String>),
    /// The columns of a table.
    Schema(Option<String>),
    /// Quality, distribution and profile of columns.
    Profile(Option<String>),
    /// The rows with errors.
    Errors(Option<String>),
    /// How the steps run.
    Plan(Option<String>),
    /// How long evaluating everything takes.
    Time(Option<String>),
    /// What a library name is.
    Doc(String),
    /// Opens a source.
    Source(String),
    /// Goes into a cell or field.
    Drill(String),
    /// Shows the M text of all steps.
    Text,
    /// How many rows previews show.
    Rows(String),
    /// Forgets values, so that sources are read again.
    Refresh,
    /// Ends.
    Quit,
}

/// What `:help` says of a command.
pub struct CommandHelp {
    /// The name, without the colon.
    pub name: &'static str,
    /// Its arguments.
    pub arguments: &'static str,
    /// What it does, in a few words.
    pub summary: &'static str,
}

const fn help(name: &'static str, arguments: &'static str, summary: &'static str) -> CommandHelp {
    CommandHelp { name, arguments, summary }
}

/// All commands, in the order a person meets them.
pub const COMMANDS: &[CommandHelp] = &[
    help("source", "FILE|URL|CONNECTION", "open a source: writes the steps the editor would write"),
    help("show", "[STEP|EXPR]", "show a step, or an expression without keeping it"),
    help("drill", "[ROW] [COLUMN]", "go into a row, a cell or a field, as a step"),
    help("schema", "[STEP|EXPR]", "the columns and their types"),
    help("type", "[STEP|EXPR]", "the type of the value"),
    help("profile", "[COLUMN] [all]", "quality and distribution of the first 1,000 rows, or of all"),
    help("errors", "[STEP|EXPR]", "the cells with errors: row, column, why, and in which step"),
    help(
        "plan",
        "[STEP|EXPR] [analyze]",
        "how the steps run; with analyze also rows, time and memory of each",
    ),
    help("time", "[STEP|EXPR]", "how long reading all of it takes"),
    help("rows", "N", "how many rows previews show"),
    help("steps", "", "the applied steps"),
    help("text", "", "the M text of the steps"),
    help("rename", "STEP NAME", "rename a step and all its uses"),
    help("delete", "STEP [..]", "delete a step; with .. also all after it"),
    help("insert", "STEP EXPR", "insert a step after another; EXPR may be NAME = EXPR"),
    help("move", "STEP before|after STEP", "move a step"),
    help("undo", "", "take the last change back"),
    help("redo", "", "make it again"),
    help("save", "FILE.pq", "write the steps as a `let` that `pqm run` runs"),
    help("load", "FILE.pq", "open the steps of a file"),
    help("restore", "", "bring back the steps of a session that was not saved"),
    help("refresh", "", "read the sources again"),
    help("clear", "", "begin anew"),
    help("doc", "NAME", "what a library name is"),
    help("help", "[COMMAND]", "this list"),
    help("quit", "", "end; Ctrl-D does too"),
];

/// Reads a command without its colon. The first letters are enough where only one command begins so.
///
/// # Errors
/// What is wrong, for people.
pub fn parse_command(text: &str) -> Result<Command, String> {
    let (word, rest) = text.split_once(char::is_whitespace).unwrap_or((text, ""));
    let rest = rest.trim();
    let name = command_name(word)?;
    let some = || (!rest.is_empty()).then(|| rest.to_owned());
    let needed = || {
        let arguments = COMMANDS.iter().find(|help| help.name == name).map_or("", |help| help.arguments);
        some().ok_or_else(|| format!("Write :{name} {arguments}"))
    };
    Ok(match name {
        "help" => Command::Help(some()),
        "steps" => Command::Steps,
        "show" => Command::Show(some()),
        "rename" => Command::Rename(needed()?),
        "delete" => Command::Delete(needed()?),
        "insert" => Command::Insert(needed()?),
        "move" => Command::Move(needed()?),
        "undo" => Command::Undo,
        "redo" => Command::Redo,
        "save" => Command::Save(needed()?),
        "load" => Command::Load(needed()?),
        "restore" => Command::Restore,
        "clear" => Command::Clear,
        "type" => Command::Type(some()),
        "schema" => Command::Schema(some()),
        "profile" => Command::Profile(some()),
        "errors" => Command::Errors(some()),
        "plan" => Command::Plan(some()),
        "time" => Command::Time(some()),
        "doc" => Command::Doc(needed()?),
        "source" => Command::Source(needed()?),
        "drill" => Command::Drill(some().unwrap_or_default()),
        "text" => Command::Text,
        "rows" => Command::Rows(needed()?),
        "refresh" => Command::Refresh,
        _ => Command::Quit,
    })
}

fn command_name(word: &str) -> Result<&'static str, String> {
    const SHORT: &[(&str, &str)] =
        &[("q", "quit"), ("exit", "quit"), ("h", "help"), ("?", "help"), ("s", "steps")];
    if let Some((_, name)) = SHORT.iter().find(|(short, _)| *short == word) {
        return Ok(name);
    }
    let names = || COMMANDS.iter().map(|help| help.name);
    if let Some(name) = names().find(|name| *name == word) {
        return Ok(name);
    }
    let begin: Vec<&str> = names().filter(|name| !word.is_empty() && name.starts_with(word)).collect();
    match begin.as_slice() {
        [only] => names().find(|name| name == only).ok_or_else(String::new),
        [] => {
            let near = closest(word, names()).map(|near| format!(" {near}")).unwrap_or_default();
            Err(format!("There is no command ':{word}'.{near} :help lists all."))
        }
        several => Err(format!(
            "':{word}' could be {}.",
            several.iter().map(|name| format!(":{name}")).collect::<Vec<_>>().join(", ")
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_can_be_shortened_where_they_stay_clear() {
        assert_eq!(parse_command("prof Amount"), Ok(Command::Profile(Some("Amount".into()))));
        assert_eq!(parse_command("q"), Ok(Command::Quit));
        assert!(parse_command("re x").unwrap_err().contains(":rename, :redo"));
        assert_eq!(
            parse_command("stpes").unwrap_err(),
            "There is no command ':stpes'. Did you mean steps? :help lists all."
        );
        assert_eq!(parse_command("save").unwrap_err(), "Write :save FILE.pq");
    }

    #[test]
    fn every_command_of_the_help_is_read() {
        for help in COMMANDS {
            assert!(parse_command(&format!("{} x", help.name)).is_ok(), "{}", help.name);
        }
    }
}
