//! Runs merged into one: a tournament in which the row that comes first wins.

use super::run::{Cursor, Prefix, Run};
use crate::eval::Spill;
use crate::value::Result;

/// Runs being merged. Of equal rows those of earlier runs come first.
pub(super) struct Merge {
    cursors: Vec<Cursor>,
    /// The first bytes of the key of each run's next row; `None` past its last.
    heads: Vec<Option<Prefix>>,
    /// For each match of the tournament the run that lost it; at 0 the one that lost none.
    losers: Vec<usize>,
    spill: Option<Spill>,
}

impl Merge {
    /// Starts merging; `spill` is the file that holds the runs that are in one.
    ///
    /// # Errors
    /// Those of the file.
    pub(super) fn new(runs: impl IntoIterator<Item = Run>, mut spill: Option<Spill>) -> Result<Merge> {
        let mut cursors: Vec<Cursor> = runs.into_iter().map(Cursor::new).collect();
        let heads = cursors.iter_mut().map(|cursor| cursor.advance(&mut spill));
        let heads = heads.collect::<Result<Vec<_>>>()?;
        let count = cursors.len();
        let mut merge = Merge { cursors, heads, losers: vec![0; count], spill };
        // The winners of the matches; runs enter at the end of the tree.
        let mut winners: Vec<usize> = (0..count).map(|_| 0).chain(0..count).collect();
        for place in (1..count).rev() {
            let (left, right) = (winners[2 * place], winners[2 * place + 1]);
            let (winner, loser) = if merge.comes_before(left, right) { (left, right) } else { (right, left) };
            winners[place] = winner;
            merge.losers[place] = loser;
        }
        if let (Some(first), Some(winner)) = (merge.losers.first_mut(), winners.get(1)) {
            *first = *winner;
        }
        Ok(merge)
    }

    /// The run with the next row, at that row; `None` past the last.
    #[inline]
    pub(super) fn first(&self) -> Option<&Cursor> {
        let first = *self.losers.first()?;
        self.heads.get(first)?.and_then(|_| self.cursors.get(first))
    }

    /// Goes to the next row.
    ///
    /// # Errors
    /// Those of the file.
    #[inline]
    pub(super) fn advance(&mut self) -> Result<()> {
        let Some(&run) = self.losers.first() else { return Ok(()) };
        if let Some((cursor, head)) = self.cursors.get_mut(run).zip(self.heads.get_mut(run)) {
            *head = cursor.advance(&mut self.spill)?;
        }
        let mut winner = run;
        let mut place = (run + self.cursors.len()) / 2;
        while place > 0 {
            let Some(&loser) = self.losers.get(place) else { break };
            if self.comes_before(loser, winner) {
                self.losers[place] = winner;
                winner = loser;
            }
            place /= 2;
        }
        self.losers[0] = winner;
        Ok(())
    }

    /// The file, for more runs.
    pub(super) fn into_spill(self) -> Option<Spill> {
        self.spill
    }

    #[inline]
    fn comes_before(&self, one: usize, other: usize) -> bool {
        match (self.heads.get(one).copied().flatten(), self.heads.get(other).copied().flatten()) {
            (Some(left), Some(right)) if left != right => left < right,
            (Some(_), Some(_)) => self.equal_comes_before(one, other),
            (head, _) => head.is_some(),
        }
    }

    #[inline(never)]
    fn equal_comes_before(&self, one: usize, other: usize) -> bool {
        let Some((left, right)) = self.cursors.get(one).zip(self.cursors.get(other)) else { return false };
        left.key().cmp(right.key()).then(one.cmp(&other)).is_lt()
    }
}
