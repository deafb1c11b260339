//! Variables that refer to each other in circles.

use rustc_hash::{FxHashMap, FxHashSet};

use super::scan::{Binding, BindingId};

/// The sets of variables that refer to each other in circles, or to themselves (Tarjan's algorithm).
pub(super) fn recursive_groups(all: &[Binding], among: &[BindingId]) -> Vec<Vec<BindingId>> {
    struct Search<'a> {
        all: &'a [Binding],
        among: FxHashSet<BindingId>,
        order: FxHashMap<BindingId, (u32, u32)>,
        stack: Vec<BindingId>,
        on_stack: FxHashSet<BindingId>,
        next: u32,
        groups: Vec<Vec<BindingId>>,
    }
    impl Search<'_> {
        fn visit(&mut self, binding: BindingId) -> u32 {
            stacker::maybe_grow(128 * 1024, 4 * 1024 * 1024, || self.enter(binding))
        }

        fn enter(&mut self, binding: BindingId) -> u32 {
            let number = self.next;
            self.next += 1;
            self.order.insert(binding, (number, number));
            self.stack.push(binding);
            self.on_stack.insert(binding);
            let mut lowest = number;
            let mut itself = false;
            for &to in &self.all[binding as usize].edges {
                itself |= to == binding;
                if !self.among.contains(&to) {
                    continue;
                }
                match self.order.get(&to) {
                    None => lowest = lowest.min(self.visit(to)),
                    Some((other, _)) if self.on_stack.contains(&to) => lowest = lowest.min(*other),
                    Some(_) => {}
                }
            }
            if lowest == number {
                let mut group = Vec::new();
                while let Some(member) = self.stack.pop() {
                    self.on_stack.remove(&member);
                    group.push(member);
                    if member == binding {
                        break;
                    }
                }
                if group.len() > 1 || itself {
                    group.sort_unstable();
                    self.groups.push(group);
                }
            }
            lowest
        }
    }
    let mut search = Search {
        all,
        among: among.iter().copied().collect(),
        order: FxHashMap::default(),
        stack: Vec::new(),
        on_stack: FxHashSet::default(),
        next: 0,
        groups: Vec::new(),
    };
    for &binding in among {
        if !search.order.contains_key(&binding) {
            search.visit(binding);
        }
    }
    search.groups
}
