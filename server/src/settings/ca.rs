//! The settings of the CA's keys: in files, or in a PKCS#11 token.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use secrecy::SecretString;

use super::reader::Reader;
use crate::ca::{KeyPlace, TokenAccess};

const MODULE: &str = "ca.pkcs11.module";
const TOKEN: &str = "ca.pkcs11.token";
const PIN: &str = "ca.pkcs11.pin";
const PIN_FILE: &str = "ca.pkcs11.pin_file";
const PASSPHRASE: &str = "ca.passphrase";

pub fn keys(reader: &mut Reader) -> KeyPlace {
    let passphrase = reader.secret(PASSPHRASE);
    let module = reader.text(MODULE, "");
    let token = reader.text(TOKEN, "");
    let pin = pin(reader);
    if module.is_empty() && token.is_empty() && pin.is_none() {
        return KeyPlace::Files { passphrase };
    }
    if passphrase.is_some() {
        reader.fault(
            PASSPHRASE,
            "is for key files, and the keys are in a token: take it away",
        );
    }
    if module.is_empty() {
        reader.fault(
            MODULE,
            "is missing: the path of the PKCS#11 module (.so) of the token",
        );
    }
    if token.is_empty() {
        reader.fault(
            TOKEN,
            "is missing: the label of the token that holds the CA's keys",
        );
    }
    if pin.is_none() {
        reader.fault(
            PIN,
            "is missing: the user PIN of the token, or its file as ca.pkcs11.pin_file",
        );
    }
    KeyPlace::Token(TokenAccess {
        module: module.into(),
        token,
        pin: pin.unwrap_or_default(),
    })
}

/// Of a PIN that is wrong in itself nothing more is asked.
fn pin(reader: &mut Reader) -> Option<SecretString> {
    let pin = reader.secret(PIN);
    let file = reader.text(PIN_FILE, "");
    if file.is_empty() {
        return pin;
    }
    if pin.is_some() {
        reader.fault(
            PIN_FILE,
            "stands beside ca.pkcs11.pin: only one of them can count",
        );
        return pin;
    }
    Some(read(Path::new(&file)).unwrap_or_else(|what| {
        reader.fault(PIN_FILE, &what);
        SecretString::default()
    }))
}

/// One line, in a file that is its owner's alone.
fn read(file: &Path) -> Result<SecretString, String> {
    let shown = file.display();
    let unreadable = |error| format!("cannot be read: {shown}: {error}");
    let mode = fs::metadata(file).map_err(unreadable)?.permissions().mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(format!(
            "can be read by others (mode {mode:03o}): run `chmod 600 {shown}`"
        ));
    }
    let text = fs::read_to_string(file).map_err(unreadable)?;
    match text.trim_end_matches(['\r', '\n']) {
        "" => Err(format!("holds no PIN: {shown}")),
        pin => Ok(pin.into()),
    }
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::OpenOptionsExt as _;
    use std::{fs::OpenOptions, io::Write as _};

    use secrecy::ExposeSecret as _;

    use super::super::tests::{faults, read};
    use super::*;

    fn file(dir: &Path, text: &str, mode: u32) -> String {
        let path = dir.join(format!("pin-{mode:o}-{}", text.len()));
        let opened = OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(mode)
            .open(&path);
        opened.unwrap().write_all(text.as_bytes()).unwrap();
        path.to_str().unwrap().to_owned()
    }

    #[test]
    fn keys_are_in_files_unless_a_token_is_named_whole() {
        assert!(matches!(
            read(&[]).unwrap().ca_keys,
            KeyPlace::Files { passphrase: None }
        ));
        let whole = [(MODULE, "/lib/x.so"), (TOKEN, "ca"), (PIN, "0042")];
        let KeyPlace::Token(access) = read(&whole).unwrap().ca_keys else {
            panic!("a token is named");
        };
        assert_eq!(
            (access.module.to_str(), &*access.token),
            (Some("/lib/x.so"), "ca")
        );
        assert_eq!(access.pin.expose_secret(), "0042");
        assert!(!format!("{:?}", read(&whole).unwrap()).contains("0042"));
        for (missing, _) in whole {
            let rest: Vec<_> = whole.into_iter().filter(|(name, _)| *name != missing).collect();
            assert_eq!(faults(&rest), [missing]);
        }
        let both = [whole.as_slice(), &[(PASSPHRASE, "secret")]].concat();
        assert_eq!(faults(&both), [PASSPHRASE]);
    }

    #[test]
    fn a_pin_file_is_one_line_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = file(dir.path(), "0042 \n", 0o600);
        let good = [(MODULE, "/lib/x.so"), (TOKEN, "ca"), (PIN_FILE, path.as_str())];
        let KeyPlace::Token(access) = read(&good).unwrap().ca_keys else {
            panic!("a token is named");
        };
        assert_eq!(access.pin.expose_secret(), "0042 ");
        for (file, says) in [
            (file(dir.path(), "0042", 0o640), "chmod 600"),
            (file(dir.path(), "\n", 0o600), "holds no PIN"),
            ("/no/such/file".to_owned(), "cannot be read"),
        ] {
            let bad = [(MODULE, "/lib/x.so"), (TOKEN, "ca"), (PIN_FILE, file.as_str())];
            assert_eq!(faults(&bad), [PIN_FILE]);
            let said = read(&bad).unwrap_err().to_string();
            assert!(said.contains(says) && !said.contains("0042"), "{said}");
            let twice = [bad.as_slice(), &[(PIN, "0042")]].concat();
            assert_eq!(faults(&twice), [PIN_FILE]);
        }
    }
}
