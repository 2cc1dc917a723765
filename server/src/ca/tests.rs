//! The CA as a whole, judged by others: openssl and pkilint have to agree with what we issue, and openssl makes the
//! requests that we read. A missing tool fails a test, it does not skip it.

mod certificates;
mod crl;
mod first_start;
mod keys;
mod ocsp;
mod renewal;
mod requests;
mod root_list;

use std::ffi::OsStr;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use time::macros::datetime;
use time::{Duration, OffsetDateTime};

use super::{
    Authority, FileKeyStore, Generation, OpenError, Order, Owner, PublicKey, Serial, Subject, verify_request,
};
use crate::chance;

const NOW: OffsetDateTime = datetime!(2026-11-22 14:02:09.5 UTC);
const PUBLIC_URL: &str = "https://id.example.com/";
const ANNA: Subject<'_> = Subject {
    common_name: "Anna Åström",
    user_id: "anna",
    email: Some("anna@example.com"),
};

/// A folder with an authority in it, for one test.
struct Ca {
    dir: tempfile::TempDir,
    authority: Authority,
}

impl Ca {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let authority = open(dir.path(), NOW).unwrap();
        fs::write(dir.path().join("root.der"), authority.root_der()).unwrap();
        Self { dir, authority }
    }

    /// The generation that issues.
    fn newest(&self) -> &Generation {
        self.authority.newest()
    }

    fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// A file in the test's folder.
    fn file(&self, name: &str, octets: &[u8]) -> PathBuf {
        let path = self.path(name);
        fs::write(&path, octets).unwrap();
        path
    }

    fn pem(&self, name: &str) -> PathBuf {
        let der = self.path(name);
        let pem = der.with_extension("pem");
        openssl([
            arg("x509"),
            arg("-in"),
            der.as_os_str(),
            arg("-out"),
            pem.as_os_str(),
        ]);
        pem
    }
}

fn open(dir: &Path, now: OffsetDateTime) -> Result<Authority, OpenError> {
    Authority::open(
        &FileKeyStore::new(dir, None, Owner::Ca),
        dir,
        PUBLIC_URL,
        now,
        chance::octets,
    )
}

fn order(key: &PublicKey) -> Order<'_> {
    Order {
        serial: Serial::from_random(chance::octets().unwrap()),
        purpose: shared::api::Purpose::Authentication,
        subject: ANNA,
        key,
        not_before: NOW,
        not_after: NOW + Duration::days(730),
    }
}

/// A request (DER) for a new key, as openssl makes it.
fn request(genpkey: &[&str], req: &[&str]) -> Vec<u8> {
    let dir = tempfile::tempdir().unwrap();
    let key = dir.path().join("key.pem");
    let mut make: Vec<&OsStr> = vec![arg("genpkey"), arg("-out"), key.as_os_str()];
    make.extend(genpkey.iter().map(OsStr::new));
    openssl(make);
    request_by(&key, req)
}

fn request_by(key: &Path, req: &[&str]) -> Vec<u8> {
    let mut sign: Vec<&OsStr> = vec![arg("req"), arg("-new"), arg("-outform"), arg("DER")];
    sign.extend([arg("-subj"), arg("/CN=phone"), arg("-key"), key.as_os_str()]);
    sign.extend(req.iter().map(OsStr::new));
    openssl(sign)
}

const P256: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"];
const P384: &[&str] = &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384"];
const RSA_3072: &[&str] = &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"];

fn key(genpkey: &[&str]) -> PublicKey {
    verify_request(&request(genpkey, &[])).unwrap()
}

fn arg(text: &str) -> &OsStr {
    OsStr::new(text)
}

/// Runs openssl, which must succeed, and gives its output.
fn openssl<'a>(args: impl IntoIterator<Item = &'a OsStr>) -> Vec<u8> {
    run(Path::new("openssl"), "the Debian package openssl", args, b"")
}

fn run<'a>(
    program: &Path,
    install: &str,
    args: impl IntoIterator<Item = &'a OsStr>,
    input: &[u8],
) -> Vec<u8> {
    let args: Vec<&OsStr> = args.into_iter().collect();
    let mut child = Command::new(program)
        .args(&args)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap_or_else(|error| panic!("{}: {error}. Install {install}", program.display()));
    child.stdin.take().unwrap().write_all(input).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(
        output.status.success(),
        "{} {args:?}\n{}{}",
        program.display(),
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    output.stdout
}

/// pkilint finds nothing in a file, not even something that it would only point out.
fn lint(tool: &str, args: &[&str], file: &Path) {
    let dir = std::env::var_os("SELFSERVICE_PKILINT").map_or_else(
        || {
            let home = std::env::var_os("HOME").expect("HOME is set");
            Path::new(&home).join(".cache/smart-id-self-service/pkilint-0.13.3/bin")
        },
        PathBuf::from,
    );
    let mut arguments: Vec<&OsStr> = vec![arg("lint"), arg("-s"), arg("NOTICE")];
    arguments.extend(args.iter().map(OsStr::new));
    arguments.push(file.as_os_str());
    let install =
        "pkilint 0.13.3 from PyPI into a virtual environment, and name its bin folder in SELFSERVICE_PKILINT";
    let findings = run(&dir.join(tool), install, arguments, b"");
    let findings = String::from_utf8(findings).unwrap();
    assert_eq!(findings.trim(), "", "{}", file.display());
}
