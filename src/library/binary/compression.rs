//! Compressed binary values.

use std::io::{BufReader, Read, Write};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use flate2::write::{DeflateEncoder, GzEncoder};

use super::bytes::binary;
use crate::eval::{Arguments, Context};
use crate::library::text::argument::out_of_range;
use crate::value::{Binary, Error, Result, Value};

/// The compressions by their numbers in `Compression.Type`.
///
/// The reference names the formats and says nothing of their framing. What is written is each format's stream form,
/// which marks its beginning and checks its content; what is read may also be the bare blocks that Parquet and
/// message brokers use.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    None,
    Gzip,
    Deflate,
    Snappy,
    Brotli,
    Lz4,
    Zstandard,
}

fn form(arguments: &Arguments<'_>) -> Result<Form> {
    Ok(match arguments.whole(1, "compressionType")? {
        -1 => Form::None,
        0 => Form::Gzip,
        1 => Form::Deflate,
        2 => Form::Snappy,
        3 => Form::Brotli,
        4 => Form::Lz4,
        5 => Form::Zstandard,
        _ => return Err(out_of_range("compressionType", arguments.value(1))),
    })
}

/// `Binary.Compress(binary, compressionType)`.
pub(super) fn compress(ctx: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let form = form(&arguments)?;
    let Some(plain) = arguments.optional_binary(0)? else { return Ok(Value::Null) };
    let bytes = plain.bytes(ctx)?;
    if bytes.is_empty() || form == Form::None {
        // Nothing stays nothing: not even a header is written.
        return Ok(binary(bytes.to_vec()));
    }
    pack(ctx, form, bytes).map(binary)
}

fn pack(ctx: &Context, form: Form, bytes: &[u8]) -> Result<Vec<u8>> {
    match form {
        Form::None => Ok(bytes.to_vec()),
        Form::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            feed(ctx, bytes, &mut encoder)?;
            encoder.finish().map_err(failed)
        }
        Form::Deflate => {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            feed(ctx, bytes, &mut encoder)?;
            encoder.finish().map_err(failed)
        }
        Form::Snappy => {
            let mut encoder = snap::write::FrameEncoder::new(Vec::new());
            feed(ctx, bytes, &mut encoder)?;
            encoder.into_inner().map_err(failed)
        }
        Form::Brotli => {
            let mut packed = Vec::new();
            // Quality and window of .NET's BrotliStream: 4 of 11, 22 bits.
            let mut encoder = brotli::CompressorWriter::new(&mut packed, 1 << 16, 4, 22);
            feed(ctx, bytes, &mut encoder)?;
            drop(encoder);
            Ok(packed)
        }
        Form::Lz4 => {
            let mut encoder = lz4_flex::frame::FrameEncoder::new(Vec::new());
            feed(ctx, bytes, &mut encoder)?;
            encoder.finish().map_err(failed)
        }
        Form::Zstandard => {
            let level = zstd::DEFAULT_COMPRESSION_LEVEL;
            let mut encoder = zstd::stream::Encoder::new(Vec::new(), level).map_err(failed)?;
            feed(ctx, bytes, &mut encoder)?;
            encoder.finish().map_err(failed)
        }
    }
}

/// Hands the bytes to an encoder, and looks at limits now and then.
fn feed(ctx: &Context, bytes: &[u8], encoder: &mut impl Write) -> Result<()> {
    for piece in bytes.chunks(1 << 16) {
        ctx.check_limits()?;
        encoder.write_all(piece).map_err(failed)?;
    }
    Ok(())
}

fn failed(error: impl std::fmt::Display) -> Error {
    Error::data_format(format!("Compressing failed: {error}."))
}

/// `Binary.Decompress(binary, compressionType)`. Decompresses when the bytes are needed; only then damage shows.
pub(super) fn decompress(_: &Context, arguments: Arguments<'_>) -> Result<Value> {
    let form = form(&arguments)?;
    let Some(packed) = arguments.optional_binary(0)? else { return Ok(Value::Null) };
    Ok(Value::Binary(Arc::new(Binary::lazy(Box::new(move |ctx| {
        let bytes = packed.bytes(ctx)?;
        if bytes.is_empty() {
            return Ok(Vec::new());
        }
        match form {
            Form::None => Ok(bytes.to_vec()),
            Form::Gzip => unpack(ctx, MultiGzDecoder::new(bytes)),
            Form::Deflate => unpack(ctx, DeflateDecoder::new(bytes)),
            Form::Snappy if bytes.starts_with(SNAPPY_STREAM) => {
                unpack(ctx, snap::read::FrameDecoder::new(bytes))
            }
            Form::Snappy => snappy_block(ctx, bytes),
            Form::Brotli => unpack(ctx, brotli::Decompressor::new(bytes, 1 << 16)),
            Form::Lz4 if bytes.starts_with(&LZ4_FRAME) => {
                unpack(ctx, lz4_flex::frame::FrameDecoder::new(bytes))
            }
            Form::Lz4 => lz4_block(ctx, bytes),
            Form::Zstandard => {
                let decoder = zstd::stream::read::Decoder::with_buffer(BufReader::new(bytes));
                unpack(ctx, decoder.map_err(|_| damaged())?)
            }
        }
    })))))
}

/// How a stream of snappy chunks begins.
const SNAPPY_STREAM: &[u8] = b"\xff\x06\x00\x00sNaPpY";

/// The magic number of an LZ4 frame.
const LZ4_FRAME: [u8; 4] = 0x184D_2204_u32.to_le_bytes();

/// A bare snappy block: its own header says how long the content is.
fn snappy_block(ctx: &Context, bytes: &[u8]) -> Result<Vec<u8>> {
    let length = snap::raw::decompress_len(bytes).map_err(|_| damaged())?;
    // No element of a block stands for more than 64 bytes, and the shortest takes two.
    if length > bytes.len().saturating_mul(64) {
        return Err(damaged());
    }
    ctx.reserve(length)?;
    snap::raw::Decoder::new().decompress_vec(bytes).map_err(|_| damaged())
}

/// A bare LZ4 block says nowhere how long its content is: room is made until it fits.
fn lz4_block(ctx: &Context, bytes: &[u8]) -> Result<Vec<u8>> {
    // A byte of the block stands for at most 255 bytes of content.
    let most = bytes.len().saturating_mul(255);
    let mut room = bytes.len().saturating_mul(4).min(most);
    loop {
        ctx.step()?;
        ctx.reserve(room)?;
        match lz4_flex::block::decompress(bytes, room) {
            Ok(content) => return Ok(content),
            Err(lz4_flex::block::DecompressError::OutputTooSmall { .. }) if room < most => {
                room = room.saturating_mul(4).min(most);
            }
            Err(_) => return Err(damaged()),
        }
    }
}

fn damaged() -> Error {
    Error::data_format("Found invalid data while decoding.")
}

fn unpack(ctx: &Context, mut decoder: impl Read) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        ctx.step()?;
        match decoder.read(&mut buffer) {
            Ok(0) => return Ok(bytes),
            Ok(read) => bytes.extend_from_slice(buffer.get(..read).unwrap_or_default()),
            Err(_) => return Err(damaged()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Form, pack, snappy_block};
    use crate::Engine;
    use crate::value::to_literal;

    fn shown(text: &str) -> String {
        let query = Engine::new().compile("test", text).expect("compiles");
        query.evaluate(&query.start()).map_or_else(|error| error.to_string(), |value| to_literal(&value))
    }

    #[test]
    fn every_form_gives_back_what_it_was_given() {
        for form in -1..=5 {
            let text = format!(
                "let b = Binary.FromList(List.Transform({{0..5000}}, each Number.Mod(_ * _, 251))) in \
                 Binary.Decompress(Binary.Compress(b, {form}), {form}) = b"
            );
            assert_eq!(shown(&text), "true", "{form}");
        }
    }

    #[test]
    fn damage_and_other_forms_are_errors() {
        for form in 0..=5 {
            let text = format!("Binary.Length(Binary.Decompress(#binary({{1, 2, 3, 4, 5, 6}}), {form}))");
            let error = "DataFormat.Error: Found invalid data while decoding.";
            assert_eq!(shown(&text), error, "{form}");
        }
    }

    #[test]
    fn bare_blocks_are_read_too() {
        let plain = b"one block, one block, one block, one block".repeat(20);
        let query = Engine::new().compile("test", "null").expect("compiles");
        let ctx = query.start();
        let snappy = snap::raw::Encoder::new().compress_vec(&plain).expect("compresses");
        assert_eq!(snappy_block(&ctx, &snappy).ok().as_deref(), Some(&plain[..]));
        let lz4 = lz4_flex::block::compress(&plain);
        assert_eq!(super::lz4_block(&ctx, &lz4).ok().as_deref(), Some(&plain[..]));
    }

    #[test]
    fn a_block_that_claims_too_much_takes_no_memory() {
        let query = Engine::new().compile("test", "null").expect("compiles");
        assert!(snappy_block(&query.start(), &[0xff, 0xff, 0xff, 0xff, 0x0f, 0]).is_err());
        assert!(pack(&query.start(), Form::None, &[]).is_ok());
    }
}
