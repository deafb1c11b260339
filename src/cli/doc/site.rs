//! `pqm doc --site`: the reference as web pages, a page for each name. Every example is run while it is written.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;

use pqm::example_fault;
use pqm::host::{Host, LocalHost};

use super::entry::{Entry, State};
use crate::cli::exit::Failure;

/// Writes the site into a folder, which is made if it is not there. Says what was written.
///
/// # Errors
/// An example does not give what it claims; a file cannot be written.
pub fn write(folder: &Path) -> Result<String, Failure> {
    let entries = Entry::all();
    let examples = run_examples(&entries)?;
    let pages = pages(&entries);
    std::fs::create_dir_all(folder).map_err(|error| Failure::file("create", folder, &error))?;
    for (file, text) in &pages {
        let path = folder.join(file);
        std::fs::write(&path, text).map_err(|error| Failure::file("write", &path, &error))?;
    }
    Ok(format!(
        "{} pages for {} names in {}; {examples} examples were run.\n",
        pages.len(),
        entries.len(),
        folder.display()
    ))
}

/// Runs all examples with the files below the current folder and no network; gives how many there are.
fn run_examples(entries: &[Entry]) -> Result<usize, Failure> {
    let host: Arc<dyn Host> = Arc::new(LocalHost::new(".").without_network());
    let examples: Vec<_> = entries
        .iter()
        .flat_map(|entry| entry.examples.iter().map(move |example| (entry.name, example)))
        .collect();
    let faults: Vec<String> = examples
        .iter()
        .filter_map(|(name, example)| example_fault(&host, example).map(|fault| format!("{name}: {fault}")))
        .collect();
    if faults.is_empty() {
        return Ok(examples.len());
    }
    let message = format!("{} examples do not give what they claim:\n{}", faults.len(), faults.join("\n"));
    let help = "Examples read the files of pqm's own source tree: run the command there.".to_owned();
    Err(Failure::Usage(message, Some(help)))
}

/// The files of the site and their texts.
fn pages(entries: &[Entry]) -> BTreeMap<String, String> {
    let mut spaces: BTreeMap<&str, Vec<&Entry>> = BTreeMap::new();
    for entry in entries {
        spaces.entry(entry.namespace()).or_default().push(entry);
    }
    let mut pages = BTreeMap::new();
    pages.insert("style.css".to_owned(), STYLE.to_owned());
    pages.insert("index.html".to_owned(), index(&spaces));
    pages.insert("coverage.html".to_owned(), coverage(entries));
    for entry in entries {
        let siblings = spaces.get(entry.namespace()).map_or(&[][..], Vec::as_slice);
        pages.insert(file(entry.name), page(entry, entries, siblings));
    }
    pages
}

/// The file of a name's page. Names differ in more than case, so files do on every system.
fn file(name: &str) -> String {
    match name.strip_prefix('#') {
        Some(rest) => format!("hash-{rest}.html"),
        None => format!("{name}.html"),
    }
}

fn page(entry: &Entry, entries: &[Entry], siblings: &[&Entry]) -> String {
    let mut body = format!("<h1>{}</h1>\n", escaped(entry.name));
    // Writing to a text cannot fail.
    _ = writeln!(body, "<pre class=\"signature\">{}</pre>", linked(&entry.heading, entry.name, entries));
    if !entry.summary.is_empty() {
        _ = writeln!(body, "<p>{}</p>", prose(entry, entries));
    }
    match entry.state {
        State::Works => {}
        State::Partly(what) => _ = writeln!(body, "<p class=\"note\">Not all of it: {}</p>", escaped(what)),
        State::NotAvailable(why) => {
            _ = writeln!(body, "<p class=\"note\">Not available: {}</p>", escaped(why))
        }
    }
    for example in entry.examples {
        _ = writeln!(
            body,
            "<div class=\"example\"><pre>{}</pre><pre class=\"result\">{}</pre></div>",
            linked(example.usage, entry.name, entries),
            linked(example.result, entry.name, entries)
        );
    }
    let others: Vec<String> = siblings
        .iter()
        .filter(|other| other.name != entry.name)
        .map(|other| link(other.name, other.name))
        .collect();
    if !others.is_empty() {
        _ = writeln!(
            body,
            "<h2>{}</h2>\n<p class=\"names\">{}</p>",
            escaped(entry.namespace()),
            others.join(" ")
        );
    }
    document(entry.name, &body)
}

fn index(spaces: &BTreeMap<&str, Vec<&Entry>>) -> String {
    let mut body = String::from(
        "<h1>The library of M, as pqm has it</h1>\n<p>Every name with its type, what it does, and examples that were run \
         when this page was made. <a href=\"coverage.html\">What works</a>.</p>\n\
         <p><input id=\"find\" type=\"search\" placeholder=\"Find a name\" aria-label=\"Find a name\"></p>\n",
    );
    for (space, entries) in spaces {
        let names: Vec<String> = entries.iter().map(|entry| link(entry.name, entry.name)).collect();
        _ = writeln!(
            body,
            "<section><h2>{}</h2>\n<p class=\"names\">{}</p></section>",
            escaped(space),
            names.join(" ")
        );
    }
    body.push_str(FIND);
    document("The library of M", &body)
}

fn coverage(entries: &[Entry]) -> String {
    let count = |test: fn(&State) -> bool| entries.iter().filter(|entry| test(&entry.state)).count();
    let mut body = format!(
        "<h1>What works</h1>\n<p>{} of {} names work, {} of them but for what is said; {} need a closed service, a driver \
         or a host that is not there.</p>\n<table><tr><th>Name<th>State<th>Examples<th>\n",
        count(|state| !matches!(state, State::NotAvailable(_))),
        entries.len(),
        count(|state| matches!(state, State::Partly(_))),
        count(|state| matches!(state, State::NotAvailable(_))),
    );
    for entry in entries {
        let (state, note) = match entry.state {
            State::Works => ("works", ""),
            State::Partly(what) => ("partly", what),
            State::NotAvailable(why) => ("absent", why),
        };
        let name = link(entry.name, entry.name);
        _ = writeln!(body, "<tr><td>{name}<td>{state}<td>{}<td>{}", entry.examples.len(), escaped(note));
    }
    body.push_str("</table>\n");
    document("What works", &body)
}

fn document(title: &str, body: &str) -> String {
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head><meta charset=\"utf-8\"><title>{}</title>\n\
         <meta name=\"viewport\" content=\"width=device-width\"><link rel=\"stylesheet\" href=\"style.css\"></head>\n\
         <body>\n<nav><a href=\"index.html\">All names</a></nav>\n<main>\n{body}</main>\n</body>\n</html>\n",
        escaped(title)
    )
}

fn link(name: &str, text: &str) -> String {
    format!("<a href=\"{}\">{}</a>", escaped(&file(name)), escaped(text))
}

/// A description, its `code` marked and its names linked.
fn prose(entry: &Entry, entries: &[Entry]) -> String {
    let pieces = entry.summary.split('`').enumerate();
    pieces
        .map(|(at, piece)| {
            let text = linked(piece, entry.name, entries);
            if at % 2 == 1 { format!("<code>{text}</code>") } else { text }
        })
        .collect()
}

/// Text with links at the names of the library in it, but for the page's own.
fn linked(text: &str, own: &str, entries: &[Entry]) -> String {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '#';
    let mut out = String::with_capacity(text.len() * 2);
    let mut rest = text;
    while let Some(start) = rest.find(is_name) {
        let (before, from) = rest.split_at(start);
        out.push_str(&escaped(before));
        let end = from.find(|c: char| !is_name(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        let name = word.trim_end_matches('.');
        let known = name != own && entries.binary_search_by(|entry| entry.name.cmp(name)).is_ok();
        if known {
            out.push_str(&link(name, name));
            out.push_str(&escaped(word.get(name.len()..).unwrap_or_default()));
        } else {
            out.push_str(&escaped(word));
        }
        rest = after;
    }
    out + &escaped(rest)
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

const STYLE: &str = "\
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { max-width: 60rem; margin: 0 auto; padding: 1rem; }
pre, code { font: 14px/1.45 ui-monospace, monospace; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: .6rem .8rem; margin: 0; background: #8881; border-radius: .3rem; }
.signature { border-left: .2rem solid #46c8; }
.example { margin: 1rem 0; }
.result { background: none; }
.result::before { content: \"\\2192\\00a0\"; }
.note { border-left: .2rem solid #c648; padding-left: .8rem; }
.names a { display: inline-block; margin-right: .9rem; }
table { border-collapse: collapse; } td, th { text-align: left; padding: .1rem .8rem .1rem 0; vertical-align: top; }
";

/// Hides what a search does not mean.
const FIND: &str = "\
<script>
const find = document.getElementById('find');
find.addEventListener('input', () => {
  const wanted = find.value.toLowerCase();
  for (const part of document.querySelectorAll('section')) {
    let any = false;
    for (const name of part.querySelectorAll('a')) {
      const shown = name.textContent.toLowerCase().includes(wanted);
      name.hidden = !shown;
      any = any || shown;
    }
    part.hidden = !any;
  }
});
</script>
";

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Entry, file, linked, pages};

    #[test]
    fn every_name_has_a_page_and_every_link_leads_somewhere() {
        let entries = Entry::all();
        let pages = pages(&entries);
        for entry in &entries {
            assert!(pages.contains_key(&file(entry.name)), "{}", entry.name);
        }
        let folded: BTreeSet<String> = pages.keys().map(|file| file.to_lowercase()).collect();
        assert_eq!(folded.len(), pages.len(), "files that differ in case only");
        for (from, text) in &pages {
            for part in text.split("href=\"").skip(1) {
                let to = part.split('"').next().unwrap_or_default();
                assert!(pages.contains_key(to), "{from} links to {to}");
            }
        }
    }

    #[test]
    fn names_are_linked_and_markup_is_escaped() {
        let entries = Entry::all();
        let text = linked("List.Sum(x) < List.Suma, not Text.From.", "Text.From", &entries);
        assert_eq!(text, "<a href=\"List.Sum.html\">List.Sum</a>(x) &lt; List.Suma, not Text.From.");
    }
}
