//! The archive with its recovery keys in files: what it opens, what it refuses, and why it cannot work.

use std::{fs, path::Path};

use secrecy::SecretString;
use shared::api::KeyType;
use uuid::Uuid;

use super::super::{Archive, ArchiveError, Config, EncryptionKey, Sealed};
use crate::ca::KeyPlace;

const USER: Uuid = Uuid::max();
const SERIAL: &str = "0A";

fn archive(dir: &Path, passphrase: Option<&str>, in_use: &[&str]) -> Archive {
    let config = Config {
        keys: KeyPlace::Files {
            passphrase: passphrase.map(SecretString::from),
        },
        dir: dir.join("archive"),
        key_type: KeyType::P256,
    };
    let in_use: Vec<String> = in_use.iter().map(|name| (*name).to_owned()).collect();
    Archive::new(config, &in_use)
}

fn why(archive: &Archive) -> String {
    archive.check().unwrap_err().to_string()
}

#[test]
fn a_key_opens_under_its_own_name_alone() {
    let dir = tempfile::tempdir().unwrap();
    let archive = archive(dir.path(), None, &[]);
    archive.check().unwrap();
    for key_type in [KeyType::P256, KeyType::Rsa3072] {
        let key = EncryptionKey::make(key_type).unwrap();
        let sealed = archive.seal(USER, SERIAL, &key).unwrap();
        assert!(sealed.recovery_key.starts_with("recovery-1:"), "{sealed:?}");
        let opened = archive.open(USER, SERIAL, &sealed).unwrap();
        assert_eq!((opened.key_type(), opened.spki()), (key_type, key.spki()));
        let other = archive.seal(USER, "0B", &key).unwrap();
        let mut wrong = vec![
            (Uuid::nil(), SERIAL, sealed.clone()),
            (USER, "0B", sealed.clone()),
            (USER, SERIAL, other),
        ];
        let cut = |octets: &[u8]| Sealed {
            octets: octets.to_vec(),
            ..sealed.clone()
        };
        for at in [0, 1, 64, 65, sealed.octets.len() - 1] {
            let mut altered = cut(&sealed.octets);
            altered.octets[at] ^= 1;
            wrong.push((USER, SERIAL, altered));
        }
        for length in [0, 65, 80, sealed.octets.len() - 1] {
            wrong.push((USER, SERIAL, cut(&sealed.octets[..length])));
        }
        let nameless = Sealed {
            recovery_key: "recovery-one".into(),
            ..sealed
        };
        wrong.push((USER, SERIAL, nameless));
        for (user, serial, sealed) in wrong {
            let error = archive.open(user, serial, &sealed).unwrap_err();
            assert!(matches!(error, ArchiveError::Damaged { .. }), "{error}");
            assert!(error.to_string().contains(serial));
        }
    }
}

/// What lies in the database says nothing: neither the key, nor that two are the same.
#[test]
fn a_thief_of_rows_has_noise() {
    let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let archive_here = archive(ours.path(), None, &[]);
    let key = EncryptionKey::make(KeyType::P256).unwrap();
    let sealed = archive_here.seal(USER, SERIAL, &key).unwrap();
    let again = archive_here.seal(USER, SERIAL, &key).unwrap();
    assert_ne!(sealed.octets, again.octets);
    let shares = |part: &[u8]| sealed.octets.windows(part.len()).any(|window| window == part);
    for part in key.pkcs8().chunks_exact(16).chain(key.spki().chunks_exact(16)) {
        assert!(!shares(part), "16 octets of the key lie open");
    }
    // With an archive of their own, and one whose key has the right name.
    let thief = archive(theirs.path(), None, &[]);
    thief.check().unwrap();
    let error = thief.open(USER, SERIAL, &sealed).unwrap_err().to_string();
    assert!(error.contains("is another key"), "{error}");
    let own = thief.recovery_keys().unwrap().remove(0).name;
    let renamed = Sealed {
        recovery_key: own,
        ..sealed
    };
    let error = thief.open(USER, SERIAL, &renamed).unwrap_err();
    assert!(matches!(error, ArchiveError::Damaged { .. }), "{error}");
}

#[test]
fn a_passphrase_opens_what_it_has_closed_and_no_other_does() {
    let dir = tempfile::tempdir().unwrap();
    let right = archive(dir.path(), Some("correct horse"), &[]);
    let key = EncryptionKey::make(KeyType::P256).unwrap();
    let sealed = right.seal(USER, SERIAL, &key).unwrap();
    let file = dir.path().join("archive/recovery-1.key");
    let pem = fs::read_to_string(&file).unwrap();
    assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "{pem}");
    let in_use = [&*sealed.recovery_key];
    for (passphrase, says) in [
        (Some("wrong horse"), "passphrase does not open the key file"),
        (None, "configure the key archive's passphrase"),
    ] {
        let wrong = archive(dir.path(), passphrase, &in_use);
        let said = why(&wrong);
        assert!(said.contains(says) && said.contains("recovery-1.key"), "{said}");
        assert!(!said.contains("horse"), "{said}");
        let error = wrong.open(USER, SERIAL, &sealed).unwrap_err().to_string();
        assert!(error.contains(says), "{error}");
    }
    let again = archive(dir.path(), Some("correct horse"), &in_use);
    assert_eq!(again.open(USER, SERIAL, &sealed).unwrap().spki(), key.spki());
    assert_eq!(fs::read_to_string(&file).unwrap(), pem);
}

#[test]
fn a_recovery_key_that_is_gone_is_not_made_anew_and_works_again_once_it_is_back() {
    let dir = tempfile::tempdir().unwrap();
    let first = archive(dir.path(), None, &[]);
    let key = EncryptionKey::make(KeyType::P256).unwrap();
    let sealed = first.seal(USER, SERIAL, &key).unwrap();
    let file = dir.path().join("archive/recovery-1.key");
    let away = dir.path().join("away");
    fs::rename(&file, &away).unwrap();
    let later = archive(dir.path(), None, &[&sealed.recovery_key]);
    for archive in [&first, &later] {
        let said = why(archive);
        assert!(
            said.contains("recovery key is missing") && said.contains("recovery-1.key"),
            "{said}"
        );
        assert!(archive.seal(USER, SERIAL, &key).is_err());
        assert!(!file.exists());
    }
    // Another key in its place is told apart.
    let elsewhere = tempfile::tempdir().unwrap();
    archive(elsewhere.path(), None, &[]).check().unwrap();
    fs::copy(elsewhere.path().join("archive/recovery-1.key"), &file).unwrap();
    let wrong = archive(dir.path(), None, &[&sealed.recovery_key]);
    assert!(why(&wrong).contains("is another key"), "{}", why(&wrong));
    fs::rename(&away, &file).unwrap();
    later.check().unwrap();
    assert_eq!(later.open(USER, SERIAL, &sealed).unwrap().spki(), key.spki());
}

#[test]
fn a_folder_that_cannot_be_written_is_named() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("archive"), "a file").unwrap();
    let archive = archive(dir.path(), None, &[]);
    let said = why(&archive);
    assert!(
        said.contains(dir.path().join("archive").to_str().unwrap()),
        "{said}"
    );
    fs::remove_file(dir.path().join("archive")).unwrap();
    archive.check().unwrap();
}

/// What another program makes, one that runs takes up.
#[test]
fn the_newest_recovery_key_seals_and_each_opens_what_is_under_it() {
    let dir = tempfile::tempdir().unwrap();
    let running = archive(dir.path(), None, &[]);
    let key = EncryptionKey::make(KeyType::P256).unwrap();
    let old = running.seal(USER, SERIAL, &key).unwrap();
    let in_use = [old.recovery_key.clone()];
    let made = archive(dir.path(), None, &[&old.recovery_key])
        .make_recovery_key(&in_use)
        .unwrap();
    assert!(
        made.name.starts_with("recovery-2:") && made.place.ends_with("recovery-2.key"),
        "{made:?}"
    );
    let new = running.seal_anew(USER, SERIAL, &old).unwrap();
    assert_eq!(new.recovery_key, made.name);
    for sealed in [&old, &new] {
        assert_eq!(running.open(USER, SERIAL, sealed).unwrap().spki(), key.spki());
    }
    // The old one is put away.
    fs::remove_file(dir.path().join("archive/recovery-1.key")).unwrap();
    let started = archive(dir.path(), None, &[&new.recovery_key]);
    started.check().unwrap();
    assert!(started.open(USER, SERIAL, &new).is_ok());
    let error = started.open(USER, SERIAL, &old).unwrap_err().to_string();
    assert!(error.contains("recovery-1.key"), "{error}");
}

/// Nothing is asked of a token, or of the disk, on the thread that starts.
#[test]
fn a_start_makes_no_recovery_key() {
    let dir = tempfile::tempdir().unwrap();
    let archive = archive(dir.path(), None, &[]);
    assert!(!dir.path().join("archive").exists());
    archive.check().unwrap();
    assert!(dir.path().join("archive/recovery-1.key").exists());
}

#[test]
fn where_the_newest_recovery_key_goes_away_the_one_before_does_not_seal() {
    let dir = tempfile::tempdir().unwrap();
    let running = archive(dir.path(), None, &[]);
    running.check().unwrap();
    archive(dir.path(), None, &[]).make_recovery_key(&[]).unwrap();
    let key = EncryptionKey::make(KeyType::P256).unwrap();
    let sealed = running.seal(USER, SERIAL, &key).unwrap();
    assert!(sealed.recovery_key.starts_with("recovery-2:"), "{sealed:?}");
    let (file, away) = (dir.path().join("archive/recovery-2.key"), dir.path().join("away"));
    fs::rename(&file, &away).unwrap();
    assert!(why(&running).contains("recovery-2.key"), "{}", why(&running));
    assert!(running.seal(USER, SERIAL, &key).is_err());
    fs::rename(&away, &file).unwrap();
    running.check().unwrap();
}

#[test]
fn another_servers_recovery_key_of_the_same_number_is_told() {
    let (ours, theirs) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let [ours, theirs] = [&ours, &theirs].map(|dir| archive(dir.path(), None, &[]));
    let name = |archive: &Archive| {
        archive.check().unwrap();
        archive.recovery_keys().unwrap().remove(0).name
    };
    let (own, other) = (name(&ours), name(&theirs));
    for agrees in [
        &[][..],
        std::slice::from_ref(&own),
        &["recovery-1:x".into(), own.replace('1', "2")],
    ] {
        ours.agree_with(agrees).unwrap();
    }
    let error = ours.agree_with(&[own, other.clone()]).unwrap_err().to_string();
    assert!(
        error.contains("another server") && error.contains(&other),
        "{error}"
    );
}

/// A key that is lost for good takes with it what is under it, and nothing else.
#[test]
fn after_a_lost_recovery_key_the_next_one_seals() {
    let dir = tempfile::tempdir().unwrap();
    let key = EncryptionKey::make(KeyType::P256).unwrap();
    let lost = archive(dir.path(), None, &[]).seal(USER, SERIAL, &key).unwrap();
    fs::remove_file(dir.path().join("archive/recovery-1.key")).unwrap();
    let made = archive(dir.path(), None, &[&lost.recovery_key])
        .make_recovery_key(std::slice::from_ref(&lost.recovery_key))
        .unwrap();
    assert!(made.name.starts_with("recovery-2:"), "{made:?}");
    let started = archive(dir.path(), None, &[&lost.recovery_key]);
    started.check().unwrap();
    let new = started.seal(USER, SERIAL, &key).unwrap();
    assert_eq!(new.recovery_key, made.name);
    let error = started.open(USER, SERIAL, &lost).unwrap_err();
    assert!(matches!(error, ArchiveError::Damaged { .. }), "{error}");
    assert!(error.to_string().contains("recovery-1.key"), "{error}");
    // On a server that has no copy of the newest yet, that is no fault of the row.
    let elsewhere = tempfile::tempdir().unwrap();
    let error = archive(elsewhere.path(), None, &[])
        .open(USER, SERIAL, &new)
        .unwrap_err();
    assert!(matches!(error, ArchiveError::Unavailable(_)), "{error}");
}

#[test]
fn two_programs_that_start_at_once_make_one_recovery_key() {
    let dir = tempfile::tempdir().unwrap();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| archive(dir.path(), None, &[]).check().unwrap());
        }
    });
    let files: Vec<_> = fs::read_dir(dir.path().join("archive")).unwrap().collect();
    assert_eq!(files.len(), 2, "the key and the lock: {files:?}");
}

#[test]
fn rsa_keys_come_from_a_stock_that_is_filled_again() {
    let dir = tempfile::tempdir().unwrap();
    let config = Config {
        keys: KeyPlace::Files { passphrase: None },
        dir: dir.path().into(),
        key_type: KeyType::Rsa3072,
    };
    let archive = Archive::new(config, &[]);
    archive.fill_stock();
    let (first, second) = (archive.make_key().unwrap(), archive.make_key().unwrap());
    assert_eq!(first.key_type(), KeyType::Rsa3072);
    assert_ne!(first.spki(), second.spki(), "no key is given twice");
}
