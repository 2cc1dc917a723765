//! The settings of keys, the CA's and those of the key archive: in files, or in a PKCS#11 token.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use secrecy::SecretString;

use super::reader::Reader;
use crate::ca::{KeyPlace, Owner, TokenAccess};

/// The settings of one owner's keys, by their names.
struct Names {
    owner: Owner,
    passphrase: &'static str,
    module: &'static str,
    token: &'static str,
    pin: &'static str,
    pin_file: &'static str,
}

const CA: Names = Names {
    owner: Owner::Ca,
    passphrase: "ca.passphrase",
    module: "ca.pkcs11.module",
    token: "ca.pkcs11.token",
    pin: "ca.pkcs11.pin",
    pin_file: "ca.pkcs11.pin_file",
};

const ARCHIVE: Names = Names {
    owner: Owner::Archive,
    passphrase: "archive.passphrase",
    module: "archive.pkcs11.module",
    token: "archive.pkcs11.token",
    pin: "archive.pkcs11.pin",
    pin_file: "archive.pkcs11.pin_file",
};

pub fn of_ca(reader: &mut Reader) -> KeyPlace {
    keys(reader, &CA)
}

/// The recovery keys of the key archive.
pub fn of_archive(reader: &mut Reader) -> KeyPlace {
    keys(reader, &ARCHIVE)
}

fn keys(reader: &mut Reader, names: &Names) -> KeyPlace {
    let passphrase = reader.secret(names.passphrase);
    let module = reader.text(names.module, "");
    let token = reader.text(names.token, "");
    let pin = pin(reader, names);
    if module.is_empty() && token.is_empty() && pin.is_none() {
        return KeyPlace::Files { passphrase };
    }
    if passphrase.is_some() {
        let what = "is for key files, and the keys are in a token: take it away";
        reader.fault(names.passphrase, what);
    }
    if module.is_empty() {
        let what = "is missing: the path of the PKCS#11 module (.so) of the token";
        reader.fault(names.module, what);
    }
    if token.is_empty() {
        let what = format!(
            "is missing: the label of the token that holds {}'s keys",
            names.owner
        );
        reader.fault(names.token, &what);
    }
    if pin.is_none() {
        let what = format!(
            "is missing: the user PIN of the token, or its file as {}",
            names.pin_file
        );
        reader.fault(names.pin, &what);
    }
    KeyPlace::Token(TokenAccess {
        owner: names.owner,
        module: module.into(),
        token,
        pin: pin.unwrap_or_default(),
    })
}

/// Of a PIN that is wrong in itself nothing more is asked.
fn pin(reader: &mut Reader, names: &Names) -> Option<SecretString> {
    let pin = reader.secret(names.pin);
    let file = reader.text(names.pin_file, "");
    if file.is_empty() {
        return pin;
    }
    if pin.is_some() {
        let what = format!("stands beside {}: only one of them can count", names.pin);
        reader.fault(names.pin_file, &what);
        return pin;
    }
    Some(read(Path::new(&file)).unwrap_or_else(|what| {
        reader.fault(names.pin_file, &what);
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
    use shared::api::KeyType;

    use super::super::Settings;
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

    fn place(settings: &Settings, owner: Owner) -> &KeyPlace {
        match owner {
            Owner::Ca => &settings.ca_keys,
            Owner::Archive => &settings.archive.keys,
        }
    }

    #[test]
    fn keys_are_in_files_unless_a_token_is_named_whole() {
        for names in [CA, ARCHIVE] {
            assert!(matches!(
                place(&read(&[]).unwrap(), names.owner),
                KeyPlace::Files { passphrase: None }
            ));
            let whole = [
                (names.module, "/lib/x.so"),
                (names.token, "ca"),
                (names.pin, "0042"),
            ];
            let settings = read(&whole).unwrap();
            let KeyPlace::Token(access) = place(&settings, names.owner) else {
                panic!("a token is named");
            };
            assert_eq!(
                (access.owner, access.module.to_str(), &*access.token),
                (names.owner, Some("/lib/x.so"), "ca")
            );
            assert_eq!(access.pin.expose_secret(), "0042");
            assert!(!format!("{settings:?}").contains("0042"));
            for (missing, _) in whole {
                let rest: Vec<_> = whole.into_iter().filter(|(name, _)| *name != missing).collect();
                assert_eq!(faults(&rest), [missing]);
            }
            let both = [whole.as_slice(), &[(names.passphrase, "secret")]].concat();
            assert_eq!(faults(&both), [names.passphrase]);
        }
    }

    #[test]
    fn passphrases_of_ca_and_archive_are_apart() {
        let settings = read(&[("archive.passphrase", "horse")]).unwrap();
        assert!(matches!(settings.ca_keys, KeyPlace::Files { passphrase: None }));
        let KeyPlace::Files {
            passphrase: Some(passphrase),
        } = &settings.archive.keys
        else {
            panic!("it is configured");
        };
        assert_eq!(passphrase.expose_secret(), "horse");
        assert_eq!(faults(&[("archive.key_type", "rsa2048")]), ["archive.key_type"]);
        assert_eq!(settings.archive.key_type, KeyType::P256);
        let rsa = read(&[("archive.key_type", "rsa3072")]).unwrap();
        assert_eq!(rsa.archive.key_type, KeyType::Rsa3072);
    }

    #[test]
    fn a_pin_file_is_one_line_for_its_owner_alone() {
        let dir = tempfile::tempdir().unwrap();
        let path = file(dir.path(), "0042 \n", 0o600);
        let good = [
            (CA.module, "/lib/x.so"),
            (CA.token, "ca"),
            (CA.pin_file, path.as_str()),
        ];
        let KeyPlace::Token(access) = read(&good).unwrap().ca_keys else {
            panic!("a token is named");
        };
        assert_eq!(access.pin.expose_secret(), "0042 ");
        for (file, says) in [
            (file(dir.path(), "0042", 0o640), "chmod 600"),
            (file(dir.path(), "\n", 0o600), "holds no PIN"),
            ("/no/such/file".to_owned(), "cannot be read"),
        ] {
            let bad = [
                (CA.module, "/lib/x.so"),
                (CA.token, "ca"),
                (CA.pin_file, file.as_str()),
            ];
            assert_eq!(faults(&bad), [CA.pin_file]);
            let said = read(&bad).unwrap_err().to_string();
            assert!(said.contains(says) && !said.contains("0042"), "{said}");
            let twice = [bad.as_slice(), &[(CA.pin, "0042")]].concat();
            assert_eq!(faults(&twice), [CA.pin_file]);
        }
    }
}
