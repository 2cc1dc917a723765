//! `selfservice phone decrypt`: opens a file that was encrypted to one of the encryption certificates in a folder.

use std::fs::{self, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use der::zeroize::Zeroizing;
use shared::protocol::cms::{self, CmsError, Enveloped, Identity};
use x509_parser::prelude::{FromDer, X509Certificate};

use super::folder::{FolderError, Holder, holders};
use super::installation::hex;
use super::opening::{self, OpenError};
use super::report::{Event, Report};

/// Stands for standard input and standard output.
const STANDARD: &str = "-";

/// Opens a CMS file (RFC 5652), bare, as PEM or as S/MIME, with the encryption key that it is for, a recovered one too
///
/// AES-CBC and AES-GCM; ECDH on P-256 with AES-128 or AES-256 key wrap, RSA PKCS#1 v1.5, RSA-OAEP. Not: Triple DES, RC2,
/// AES-192 key wrap. Only AES-GCM tells for sure that the content was not changed.
#[derive(Debug, Clone, clap::Args)]
pub struct Arguments {
    /// The folder with the mobile ID that `selfservice phone` made
    #[arg(long, value_name = "DIR", default_value = "mobile-id")]
    folder: PathBuf,
    /// The encrypted file; - for standard input
    #[arg(long = "in", value_name = "FILE")]
    input: PathBuf,
    /// Where the content goes, readable for its owner only; - for standard output
    #[arg(long = "out", value_name = "FILE")]
    output: PathBuf,
    /// Take the place of a file that is there already
    #[arg(long)]
    overwrite: bool,
    /// One JSON object a line in place of sentences
    #[arg(long)]
    json: bool,
}

#[derive(Debug, thiserror::Error)]
pub enum DecryptError {
    #[error("{path}: {source}")]
    File { path: PathBuf, source: CmsError },
    #[error("{path} is not encrypted to any certificate in {folder}")]
    ForOthers { path: PathBuf, folder: PathBuf },
    #[error("{path}, which is for the certificate {serial}: {source}")]
    Open {
        path: PathBuf,
        serial: String,
        source: OpenError,
    },
    #[error("{0} is there already: name another file, or add --overwrite")]
    Exists(PathBuf),
    #[error("cannot read {path}: {source}")]
    Read { path: PathBuf, source: io::Error },
    #[error("cannot write {path}: {source}")]
    Write { path: PathBuf, source: io::Error },
    #[error(transparent)]
    Folder(#[from] FolderError),
    #[error("standard output cannot be written")]
    Output(#[from] io::Error),
}

pub fn run(arguments: &Arguments) -> Result<(), DecryptError> {
    let (input, output) = (&arguments.input, &arguments.output);
    if !is_standard(output) && !arguments.overwrite && output.exists() {
        return Err(DecryptError::Exists(output.clone()));
    }
    let holders = holders(&arguments.folder)?;
    let octets = read(input).map_err(|source| DecryptError::Read {
        path: input.clone(),
        source,
    })?;
    let opened = open(&octets, &holders, arguments)?;
    if is_standard(output) {
        let mut out = io::stdout().lock();
        out.write_all(&opened.octets)?;
        return Ok(out.flush()?);
    }
    write(output, &opened.octets, arguments.overwrite).map_err(|source| match source.kind() {
        io::ErrorKind::AlreadyExists => DecryptError::Exists(output.clone()),
        _ => DecryptError::Write {
            path: output.clone(),
            source,
        },
    })?;
    let report = Report { json: arguments.json };
    Ok(report.tell(&Event::Decrypted {
        serial: &opened.serial,
        octets: opened.octets.len(),
        file: output,
    })?)
}

struct Opened {
    octets: Zeroizing<Vec<u8>>,
    /// Of the certificate.
    serial: String,
}

fn open(octets: &[u8], holders: &[Holder], arguments: &Arguments) -> Result<Opened, DecryptError> {
    let path = || arguments.input.clone();
    let damaged = |source| DecryptError::File { path: path(), source };
    let octets = cms::unwrapped(octets).map_err(damaged)?;
    let file = Enveloped::read(&octets).map_err(damaged)?;
    let found = holders.iter().find_map(|holder| {
        let identity = Identity::of(&holder.certificate).ok()?;
        Some((holder, file.recipient(&identity)?.clone()))
    });
    let (holder, recipient) = found.ok_or_else(|| DecryptError::ForOthers {
        path: path(),
        folder: arguments.folder.clone(),
    })?;
    let serial = serial(&holder.certificate);
    match opening::open(file, &recipient, &holder.key()?) {
        Ok(octets) => Ok(Opened { octets, serial }),
        Err(source) => Err(DecryptError::Open {
            path: path(),
            serial,
            source,
        }),
    }
}

fn serial(certificate: &[u8]) -> String {
    X509Certificate::from_der(certificate)
        .map(|(_, certificate)| hex(certificate.raw_serial()))
        .unwrap_or_default()
}

fn is_standard(path: &Path) -> bool {
    path.as_os_str() == STANDARD
}

fn read(path: &Path) -> io::Result<Vec<u8>> {
    if !is_standard(path) {
        return fs::read(path);
    }
    let mut octets = Vec::new();
    io::stdin().lock().read_to_end(&mut octets)?;
    Ok(octets)
}

/// Whole or not at all. What is in the way is replaced only where that was asked for.
fn write(path: &Path, octets: &[u8], overwrite: bool) -> io::Result<()> {
    let mut draft = path.as_os_str().to_owned();
    draft.push(format!(".{}.new", std::process::id()));
    let target = if overwrite { Path::new(&draft) } else { path };
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(target)?;
    let written = file.write_all(octets).and_then(|()| file.sync_all());
    let written = match written {
        Ok(()) if overwrite => fs::rename(target, path),
        written => written,
    };
    if written.is_err() {
        fs::remove_file(target)?;
    }
    written
}
