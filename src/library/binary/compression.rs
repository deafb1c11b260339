//! Compressed binary values.

use std::io::{Read, Write};
use std::sync::Arc;

use flate2::Compression;
use flate2::read::{DeflateDecoder, MultiGzDecoder};
use flate2::write::{DeflateEncoder, GzEncoder};

use super::bytes::binary;
use crate::eval::{Arguments, Context};
use crate::library::text::argument::out_of_range;
use crate::value::{Binary, Error, Result, Value};

/// The compressions that are there, by their numbers in `Compression.Type`.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    Gzip,
    Deflate,
    None,
}

fn form(arguments: &Arguments<'_>) -> Result<Form> {
    let name = match arguments.whole(1, "compressionType")? {
        -1 => return Ok(Form::None),
        0 => return Ok(Form::Gzip),
        1 => return Ok(Form::Deflate),
        2 => "Snappy",
        3 => "Brotli",
        4 => "LZ4",
        5 => "Zstandard",
        _ => return Err(out_of_range("compressionType", arguments.value(1))),
    };
    Err(Error::expression(format!(
        "Compression.{name} isn't available in this version of pqm. Compression.GZip and Compression.Deflate are."
    ))
    .with_detail(arguments.value(1).clone()))
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
    let written = match form {
        Form::Gzip => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(bytes).and_then(|()| encoder.finish())
        }
        Form::Deflate | Form::None => {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(bytes).and_then(|()| encoder.finish())
        }
    };
    written.map(binary).map_err(|error| Error::data_format(format!("Compressing failed: {error}.")))
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
            Form::Gzip => unpack(ctx, MultiGzDecoder::new(bytes)),
            Form::Deflate => unpack(ctx, DeflateDecoder::new(bytes)),
            Form::None => Ok(bytes.to_vec()),
        }
    })))))
}

fn unpack(ctx: &Context, mut decoder: impl Read) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut buffer = vec![0; 1 << 16];
    loop {
        ctx.step()?;
        match decoder.read(&mut buffer) {
            Ok(0) => return Ok(bytes),
            Ok(read) => bytes.extend_from_slice(buffer.get(..read).unwrap_or_default()),
            Err(_) => return Err(Error::data_format("Found invalid data while decoding.")),
        }
    }
}
