//! HTML pages: what CSS selectors find in them, the tables they show, and their tree.
//!
//! A page is read anew for each question and everything that is wanted is copied out of it: the tree that the parser
//! makes belongs to one thread.

use std::collections::HashMap;

use scraper::{ElementRef, Html, Node, Selector};

use crate::value::Text;

/// An element that a selector found.
pub struct Found {
    /// What a reader of the page sees: runs of white space are one blank, blocks and breaks begin lines.
    pub shown: Text,
    /// All text inside, as it is written.
    pub content: Text,
    /// The attributes.
    pub attributes: Vec<(Text, Text)>,
}

/// Says why a text is no CSS selector.
///
/// # Errors
/// It is none.
pub fn check_selector(selector: &str) -> Result<(), String> {
    Selector::parse(selector).map(drop).map_err(|error| error.to_string())
}

/// What the selectors of columns find, row by row.
///
/// With a selector of rows, each element it finds begins a row, which takes the first find of each column up to where
/// the next row begins. Without one, the finds of the columns stand side by side.
///
/// # Errors
/// A text is no selector.
pub fn select(page: &str, rows: Option<&str>, columns: &[Text]) -> Result<Vec<Vec<Option<Found>>>, String> {
    let page = Html::parse_document(page);
    let selector = |text: &str| Selector::parse(text).map_err(|error| error.to_string());
    let mut finds = Vec::with_capacity(columns.len());
    for column in columns {
        let selector = selector(column)?;
        finds.push(page.select(&selector).collect::<Vec<ElementRef<'_>>>());
    }
    let Some(rows) = rows else {
        let height = finds.iter().map(Vec::len).max().unwrap_or_default();
        let row = |at: usize| finds.iter().map(|column| column.get(at).map(found)).collect();
        return Ok((0..height).map(row).collect());
    };
    let places: HashMap<_, usize> =
        page.tree.root().descendants().enumerate().map(|(place, node)| (node.id(), place)).collect();
    let place = |element: &ElementRef<'_>| places.get(&element.id()).copied().unwrap_or_default();
    let starts: Vec<usize> = page.select(&selector(rows)?).map(|row| place(&row)).collect();
    let mut cells: Vec<Vec<Option<Found>>> =
        starts.iter().map(|_| std::iter::repeat_with(|| None).take(columns.len()).collect()).collect();
    for (column, elements) in finds.iter().enumerate() {
        for element in elements {
            let row = starts.partition_point(|start| *start <= place(element)).checked_sub(1);
            if let Some(cell @ None) = row.and_then(|row| cells.get_mut(row)?.get_mut(column)) {
                *cell = Some(found(element));
            }
        }
    }
    Ok(cells)
}

fn found(element: &ElementRef<'_>) -> Found {
    Found {
        shown: shown(*element),
        content: Text::from(element.text().collect::<String>()),
        attributes: attributes(element),
    }
}

fn attributes(element: &ElementRef<'_>) -> Vec<(Text, Text)> {
    element.value().attrs().map(|(name, value)| (Text::new(name), Text::new(value))).collect()
}

/// The steps through everything below an element, in document order.
enum Step<'a> {
    Enter(&'a Node),
    Leave(&'a Node),
}

fn walk(top: ElementRef<'_>, mut visit: impl FnMut(Step<'_>)) {
    let mut node = top.first_child();
    while let Some(current) = node {
        visit(Step::Enter(current.value()));
        if let Some(child) = current.first_child() {
            node = Some(child);
            continue;
        }
        let mut at = current;
        node = loop {
            visit(Step::Leave(at.value()));
            if let Some(next) = at.next_sibling() {
                break Some(next);
            }
            match at.parent() {
                Some(parent) if parent.id() != top.id() => at = parent,
                _ => break None,
            }
        };
    }
}

/// Elements that begin and end lines where a page is shown.
const BLOCKS: &[&str] = &[
    "address",
    "article",
    "aside",
    "blockquote",
    "dd",
    "div",
    "dl",
    "dt",
    "fieldset",
    "figure",
    "footer",
    "form",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "li",
    "main",
    "nav",
    "ol",
    "p",
    "pre",
    "section",
    "table",
    "tr",
    "ul",
];

/// Elements whose text is never shown.
const UNSEEN: &[&str] = &["script", "style", "template", "noscript", "head"];

/// The text of an element as a page shows it.
fn shown(element: ElementRef<'_>) -> Text {
    let mut out = Shown::default();
    let mut unseen = 0;
    walk(element, |step| match step {
        Step::Enter(Node::Text(text)) if unseen == 0 => out.text(text),
        Step::Enter(Node::Element(inner)) => match inner.name() {
            name if UNSEEN.contains(&name) => unseen += 1,
            "br" => out.line(),
            name if BLOCKS.contains(&name) => out.block(),
            _ => {}
        },
        Step::Leave(Node::Element(inner)) => match inner.name() {
            name if UNSEEN.contains(&name) => unseen -= 1,
            name if BLOCKS.contains(&name) => out.block(),
            "td" | "th" => out.blank = true,
            _ => {}
        },
        _ => {}
    });
    Text::from(out.out)
}

/// Text that is being put together, white space still open.
#[derive(Default)]
struct Shown {
    out: String,
    blank: bool,
    lines: usize,
    in_block: bool,
}

impl Shown {
    fn text(&mut self, text: &str) {
        for c in text.chars() {
            if matches!(c, ' ' | '\t' | '\r' | '\n' | '\u{c}') {
                self.blank = true;
                continue;
            }
            let lines = self.lines.max(usize::from(self.in_block));
            if !self.out.is_empty() {
                match lines {
                    0 if self.blank => self.out.push(' '),
                    0 => {}
                    _ => self.out.extend(std::iter::repeat_n('\n', lines)),
                }
            }
            (self.blank, self.lines, self.in_block) = (false, 0, false);
            self.out.push(c);
        }
    }

    fn line(&mut self) {
        self.lines += 1;
    }

    fn block(&mut self) {
        self.in_block = true;
    }
}

/// A table that a page shows.
pub struct PageTable {
    /// The text of its caption.
    pub caption: Option<Text>,
    /// Its `class` attribute.
    pub class: Option<Text>,
    /// Its `id` attribute.
    pub id: Option<Text>,
    /// The texts of its header cells, if its first row has no others.
    pub header: Option<Vec<Option<Text>>>,
    /// Its other rows, all equally long. Cells over several rows or columns are repeated.
    pub rows: Vec<Vec<Option<Text>>>,
}

/// More columns than this are no table.
const WIDEST: usize = 1_000;

/// The tables of a page, in order; a table inside of another counts for itself.
///
/// # Errors
/// Never: the selectors are known to be good.
pub fn tables(page: &str) -> Result<Vec<PageTable>, String> {
    let page = Html::parse_document(page);
    let all = Selector::parse("table").map_err(|error| error.to_string())?;
    Ok(page.select(&all).map(page_table).collect())
}

/// The cells of a row.
fn cells(row: ElementRef<'_>) -> Vec<ElementRef<'_>> {
    row.child_elements().filter(|cell| matches!(cell.value().name(), "td" | "th")).collect()
}

fn page_table(table: ElementRef<'_>) -> PageTable {
    let mut caption = None;
    let mut rows: Vec<ElementRef<'_>> = Vec::new();
    for child in table.child_elements() {
        match child.value().name() {
            "caption" => caption = Some(shown(child)),
            "tr" => rows.push(child),
            "thead" | "tbody" | "tfoot" => {
                rows.extend(child.child_elements().filter(|row| row.value().name() == "tr"));
            }
            _ => {}
        }
    }
    let has_header = rows.first().is_some_and(|row| {
        let cells = cells(*row);
        !cells.is_empty() && cells.iter().all(|cell| cell.value().name() == "th")
    });
    let mut grid: Vec<Vec<Option<Text>>> = Vec::new();
    // What cells of rows before still hold: how many more rows, and their text, by column.
    let mut held: HashMap<usize, (usize, Text)> = HashMap::new();
    for row in &rows {
        let mut line: Vec<Option<Text>> = Vec::new();
        let mut fill = |line: &mut Vec<Option<Text>>| {
            while let Some((left, text)) = held.get_mut(&line.len()) {
                line.push(Some(text.clone()));
                *left -= 1;
                if *left == 0 {
                    held.remove(&(line.len() - 1));
                }
            }
        };
        let mut spans = Vec::new();
        for cell in cells(*row) {
            fill(&mut line);
            let span = |name| cell.attr(name).and_then(|text| text.trim().parse().ok()).unwrap_or(1_usize);
            let text = shown(cell);
            for _ in 0..span("colspan").clamp(1, WIDEST) {
                if line.len() >= WIDEST {
                    break;
                }
                if span("rowspan") > 1 {
                    spans.push((line.len(), (span("rowspan") - 1, text.clone())));
                }
                line.push(Some(text.clone()));
            }
        }
        fill(&mut line);
        held.extend(spans);
        grid.push(line);
    }
    let width = grid.iter().map(Vec::len).max().unwrap_or_default();
    for line in &mut grid {
        line.resize(width, None);
    }
    let attribute = |name| table.attr(name).map(Text::new);
    PageTable {
        caption,
        class: attribute("class"),
        id: attribute("id"),
        header: has_header.then(|| grid.remove(0)),
        rows: grid,
    }
}

/// A node of a page's tree.
pub struct PageNode {
    /// The name of an element, in capitals; `None` for text.
    pub name: Option<Text>,
    /// A text node's text.
    pub text: Option<Text>,
    /// What stands in it: places in the list of nodes.
    pub children: Vec<usize>,
}

/// The elements and texts of a page. The first is its root element; white space between elements is left out.
pub fn tree(page: &str) -> Vec<PageNode> {
    let page = Html::parse_document(page);
    let root = page.root_element();
    let element = |name: &str| PageNode {
        name: Some(Text::from(name.to_ascii_uppercase())),
        text: None,
        children: Vec::new(),
    };
    let mut nodes = vec![element(root.value().name())];
    let mut open = vec![0];
    walk(root, |step| {
        let node = match step {
            Step::Enter(Node::Element(inner)) => element(inner.name()),
            Step::Enter(Node::Text(text)) if !text.trim().is_empty() => {
                PageNode { name: None, text: Some(Text::new(text)), children: Vec::new() }
            }
            Step::Leave(Node::Element(_)) => {
                open.pop();
                return;
            }
            _ => return,
        };
        let at = nodes.len();
        if let Some(parent) = open.last().and_then(|parent: &usize| nodes.get_mut(*parent)) {
            parent.children.push(at);
        }
        if node.name.is_some() {
            open.push(at);
        }
        nodes.push(node);
    });
    nodes
}
