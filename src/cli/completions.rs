//! `pqm completions`: scripts for shells.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use super::exit::Exit;

const EXAMPLES: &str = "\
Examples:
  pqm completions bash > ~/.local/share/bash-completion/completions/pqm
  pqm completions zsh > ~/.zfunc/_pqm
  pqm completions fish > ~/.config/fish/completions/pqm.fish";

/// Arguments of `pqm completions`.
#[derive(Args, Debug)]
#[command(after_help = EXAMPLES)]
pub struct CompletionArguments {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

/// Prints the script.
pub fn completions(arguments: &CompletionArguments) -> Result<(), Exit> {
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut super::Cli::command(), "pqm", &mut script);
    // Whoever closed the pipe has read enough.
    let _ = std::io::stdout().write_all(&script);
    Ok(())
}
