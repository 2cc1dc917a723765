//! The settings of the key archive: its recovery keys, and which type of encryption keys is made.

use std::path::Path;

use shared::api::KeyType;

use super::{keys, reader::Reader};

pub use crate::archive::Config as Archive;

/// The recovery keys' files lie beside the CA's, in a folder of their own.
pub fn archive(reader: &mut Reader, data_dir: &Path) -> Archive {
    Archive {
        keys: keys::of_archive(reader),
        dir: data_dir.join("archive"),
        key_type: reader.checked("archive.key_type", "p256", |name| match name {
            "p256" => Ok(KeyType::P256),
            "rsa3072" => Ok(KeyType::Rsa3072),
            _ => Err("must be p256 or rsa3072".into()),
        }),
    }
}
