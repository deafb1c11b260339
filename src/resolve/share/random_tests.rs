//! Programs in which equal expressions stand at several places give what they give where no two are equal: sharing
//! must not be visible.

use super::tests::{evaluated, shared};

const PROGRAMS: u64 = 600;

/// Writes programs. The same dice write the same program; calls that get parameters of names of their own equal no
/// other, and are never shared.
struct Writer {
    dice: u64,
    own_names: bool,
    names: usize,
    /// Variables in scope: lists, and numbers.
    lists: Vec<String>,
    numbers: Vec<String>,
}

impl Writer {
    fn below(&mut self, count: u64) -> u64 {
        self.dice = self.dice.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.dice ^ (self.dice >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ (mixed >> 31)) % count
    }

    fn one_of(&mut self, names: fn(&Writer) -> &Vec<String>) -> Option<String> {
        let count = names(self).len() as u64;
        let at = self.below(count.max(1)) as usize;
        names(self).get(at).cloned()
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("v{}", self.names)
    }

    /// A function of a number.
    fn function(&mut self, test: bool) -> String {
        let parameter = if self.own_names { self.name() } else { "n".to_owned() };
        let body = match (test, self.below(4)) {
            (true, 0) => format!("{parameter} > 1"),
            (true, 1) => format!("if {parameter} = 3 then error \"three\" else true"),
            (true, _) => format!("{parameter} <> 2"),
            (false, 0) => format!("{parameter} + 1"),
            (false, 1) => format!("if {parameter} = 2 then error \"two\" else {parameter}"),
            (false, _) => format!("{parameter} * 2"),
        };
        format!("({parameter}) => {body}")
    }

    /// A list; often one of a few, so that equal ones stand at several places.
    fn list(&mut self, depth: u64) -> String {
        if depth < 2 || self.below(2) == 0 {
            return self.new_list(depth);
        }
        let which = self.below(3);
        let dice = std::mem::replace(&mut self.dice, which);
        let list = format!("List.Transform({}, {})", self.new_list(1), self.function(false));
        self.dice = dice;
        list
    }

    fn new_list(&mut self, depth: u64) -> String {
        let kind = self.below(if depth == 0 { 2 } else { 9 });
        match kind {
            0 => format!("{{1, {}, 3}}", self.below(3)),
            1 => self.one_of(|writer| &writer.lists).unwrap_or_else(|| "{2, 3}".to_owned()),
            2..=4 => format!("List.Transform({}, {})", self.list(depth - 1), self.function(false)),
            5 | 6 => format!("List.Select({}, {})", self.list(depth - 1), self.function(true)),
            7 => {
                let (a, b) = (self.list(depth - 1), self.list(depth - 1));
                format!("List.Transform({a} & {b}, {})", self.function(false))
            }
            _ => {
                let (a, b) = (self.list(depth - 1), self.number(depth - 1));
                format!("List.Transform({a} & {{{b}}}, {})", self.function(false))
            }
        }
    }

    fn number(&mut self, depth: u64) -> String {
        let kind = self.below(if depth == 0 { 2 } else { 12 });
        let (less, half) = (depth.saturating_sub(1), depth / 2);
        match kind {
            0 => self.below(4).to_string(),
            1 => self.one_of(|writer| &writer.numbers).unwrap_or_else(|| "1".to_owned()),
            2 | 3 => format!("List.Sum({})", self.list(less)),
            4 => format!("List.Count({})", self.list(less)),
            5 => format!("({} + {})", self.number(less), self.number(less)),
            6 => format!(
                "(if {} > 2 then {} else {})",
                self.number(half),
                self.number(less),
                self.number(less)
            ),
            7 => format!("(try {} otherwise {})", self.number(less), self.number(half)),
            8 => {
                let (name, value) = (self.name(), self.list(half));
                self.lists.push(name.clone());
                let other = self.name();
                let second = self.number(less);
                self.numbers.push(other.clone());
                let body = self.number(less);
                self.numbers.pop();
                self.lists.pop();
                format!("(let {name} = {value}, {other} = {second} in {body})")
            }
            9 => format!("[x = {}, y = {}, z = x][y]", self.number(less), self.number(less)),
            10 => format!("{{{}, {}}}{{1}}", self.number(less), self.number(less)),
            _ => {
                let name = self.name();
                self.lists.push(name.clone());
                let body = self.number(less);
                self.lists.pop();
                format!("(({name}) => {body})({})", self.list(half))
            }
        }
    }
}

fn program(dice: u64, own_names: bool) -> String {
    let mut writer = Writer { dice, own_names, names: 0, lists: Vec::new(), numbers: Vec::new() };
    format!("{} + {}", writer.number(4), writer.number(5))
}

#[test]
fn sharing_cannot_be_seen() {
    let mut with_shared = 0;
    for dice in 0..PROGRAMS {
        let (text, apart) = (program(dice, false), program(dice, true));
        assert_eq!(shared(&apart), [""; 0], "{apart}");
        with_shared += u64::from(!shared(&text).is_empty());
        assert_eq!(evaluated(&text).0, evaluated(&apart).0, "{text}\n{apart}");
    }
    assert!(with_shared > PROGRAMS / 10, "{with_shared}");
}
