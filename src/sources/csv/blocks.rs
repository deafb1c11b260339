use super::block::Block;
use super::dialect::Dialect;
use super::pieces::{MOST, Pieces};
use crate::eval::Context;
use crate::sources::bytes::ByteSource;
use crate::sources::encoding::Encoding;
use crate::value::Result;

/// Reads a document block by block, one after the other; each block holds complete rows.
pub struct Blocks(Pieces);

impl Blocks {
    /// Starts reading; `wanted` rows are enough.
    ///
    /// # Errors
    /// What opening the source raises.
    pub fn new(ctx: &Context, source: &ByteSource, encoding: Encoding, wanted: usize) -> Result<Blocks> {
        Ok(Blocks(Pieces::new(ctx, source, encoding, MOST, wanted)?))
    }

    /// The same with `size` bytes in the first piece.
    #[cfg(test)]
    pub fn with_first_size(self, size: usize) -> Blocks {
        Blocks(self.0.with_sizes(size, 4))
    }

    /// The next rows; `None` past the last.
    ///
    /// # Errors
    /// What reading raises, and a row that is too long to be one.
    pub fn next(&mut self, ctx: &Context, dialect: &Dialect) -> Result<Option<Block>> {
        while let Some(piece) = self.0.next(ctx)? {
            let found = piece.spares().splits.take();
            if let Some(rows) = piece.find(ctx, dialect, 0, found)? {
                let (block, onward) = Block::of(rows);
                onward.hand_over();
                return Ok(Some(block));
            }
        }
        Ok(None)
    }
}
