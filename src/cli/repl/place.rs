//! Where the REPL keeps its history and the steps of its sessions.

use std::path::PathBuf;

/// The folder for what programs keep between runs: what PQM_STATE says, else the system's convention.
pub fn states() -> Option<PathBuf> {
    states_by(|name| std::env::var_os(name).map(PathBuf::from).filter(|path| !path.as_os_str().is_empty()))
}

fn states_by(variable: impl Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    variable("PQM_STATE")
        .or_else(|| variable("XDG_STATE_HOME").map(|folder| folder.join("pqm")))
        .or_else(|| variable("LOCALAPPDATA").map(|folder| folder.join("pqm")))
        .or_else(|| variable("HOME").map(|home| home.join(".local/state/pqm")))
        .map(|folder| folder.join("repl"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_folder_follows_the_conventions() {
        let home = |name: &str| (name == "HOME").then(|| PathBuf::from("/home/ann"));
        assert_eq!(states_by(home), Some(PathBuf::from("/home/ann/.local/state/pqm/repl")));
        let own = |name: &str| (name == "PQM_STATE").then(|| PathBuf::from("/x"));
        assert_eq!(states_by(own), Some(PathBuf::from("/x/repl")));
        assert_eq!(states_by(|_| None), None);
    }
}
