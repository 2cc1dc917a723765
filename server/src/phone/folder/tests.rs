//! Folders that are new, taken, half-way or damaged.

use std::os::unix::fs::PermissionsExt;

use shared::api::Timestamp;
use shared::protocol::activation::Code;
use uuid::Uuid;

use super::*;

const PURPOSES: [Purpose; 2] = [Purpose::Authentication, Purpose::Signature];

fn link(secret: u8) -> Link {
    Link {
        base: "https://id.example.com".into(),
        host: "id.example.com".into(),
        code: Code::Long([secret; 32]),
    }
}

fn claimed(purposes: &[Purpose]) -> Claimed {
    Claimed {
        process: Uuid::nil(),
        purposes: purposes.to_vec(),
        transport_key: true,
        user: "Anna".into(),
        server_name: "Smart ID".into(),
        profile_name: "MobileID Anna".into(),
        expires_at: Timestamp("2027-01-01T00:00:00Z".into()),
    }
}

fn delivered(serial: &str) -> Delivered {
    Delivered::for_test(serial, EncryptionKey::P256(EcdhKey::make().unwrap()))
}

fn installed() -> Installed {
    Installed {
        certificates: PURPOSES.map(|purpose| (purpose, vec![0x30, 0])).to_vec(),
        encryption: Some(delivered("01")),
        recovered: vec![delivered("0A"), delivered("0B")],
        chain: vec![vec![0x30, 0], vec![0x30, 0]],
    }
}

fn installation() -> Installation {
    Installation {
        mobile_id: Uuid::nil(),
        profile_name: "MobileID Anna".into(),
        server_name: "Smart ID".into(),
        user_id: "anna".into(),
        valid_until: Timestamp("2028-01-01T00:00:00Z".into()),
        certificates: Vec::new(),
        recovered: vec![],
        chain: Vec::new(),
    }
}

fn names(path: &Path) -> Vec<String> {
    file::names(path).unwrap()
}

#[test]
fn a_killed_run_is_gone_on_with_by_the_same_token_and_keys() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("new/folder");
    let first = Folder::open(&path, &link(1)).unwrap();
    assert!(!first.is_resumed);
    let made = first.keys(&claimed(&PURPOSES[..1])).unwrap();
    fs::write(path.join("signature.key.new"), b"half").unwrap();

    let again = Folder::open(&path, &link(1)).unwrap();
    assert!(again.is_resumed && again.token == first.token);
    let keys = again.keys(&claimed(&PURPOSES)).unwrap();
    assert_eq!(keys.own[0].spki, made.own[0].spki);
    let transport = |keys: &Keys| keys.transport.as_ref().unwrap().spki.clone();
    assert_eq!(transport(&keys), transport(&made));
    let found = again.found_keys().unwrap();
    assert_eq!((found.own.len(), transport(&found)), (2, transport(&made)));
    assert_eq!(
        names(&path),
        [
            "authentication.key",
            "enrollment.json",
            "signature.key",
            "transport.key"
        ]
    );
    for name in names(&path) {
        let bits = fs::metadata(path.join(&name)).unwrap().permissions().mode();
        assert_eq!(bits & 0o777, 0o600, "{name}");
    }
}

#[test]
fn the_code_itself_is_not_written_down() {
    let dir = tempfile::tempdir().unwrap();
    Folder::open(dir.path(), &link(1)).unwrap();
    let text = fs::read_to_string(dir.path().join(ENROLLMENT)).unwrap();
    assert!(!text.contains(&link(1).code.text()));
}

#[test]
fn another_link_does_not_touch_an_unfinished_enrollment() {
    let dir = tempfile::tempdir().unwrap();
    Folder::open(dir.path(), &link(1)).unwrap();
    let elsewhere = Link {
        base: "https://other.example.com".into(),
        ..link(1)
    };
    for other in [link(2), elsewhere] {
        let refused = Folder::open(dir.path(), &other);
        assert!(matches!(refused, Err(FolderError::OtherLink { .. })));
    }
}

#[test]
fn a_finished_mobile_id_is_not_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::open(dir.path(), &link(1)).unwrap();
    folder.keys(&claimed(&PURPOSES)).unwrap();
    folder.store(&installed()).unwrap();
    folder.finish(&link(1), &installation()).unwrap();
    assert_eq!(
        names(dir.path()),
        [
            "authentication.key",
            "authentication.pem",
            "chain.pem",
            "encryption.key",
            "encryption.pem",
            "mobile-id.json",
            "recovered",
            "signature.key",
            "signature.pem"
        ]
    );
    assert_eq!(
        names(&dir.path().join("recovered")),
        ["0A.key", "0A.pem", "0B.key", "0B.pem"]
    );
    for other in [link(1), link(2)] {
        let refused = Folder::open(dir.path(), &other);
        assert!(matches!(refused, Err(FolderError::Occupied { .. })));
    }
}

#[test]
fn somebody_else_s_folder_is_left_alone() {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("letter.txt"), b"dear").unwrap();
    let refused = Folder::open(dir.path(), &link(1));
    assert!(matches!(refused, Err(FolderError::NotEmpty { .. })));
    assert_eq!(names(dir.path()), ["letter.txt"]);
}

#[test]
fn what_came_to_nothing_leaves_nothing_of_ours() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("mobile-id");
    let folder = Folder::open(&path, &link(1)).unwrap();
    folder.keys(&claimed(&PURPOSES)).unwrap();
    folder.store(&installed()).unwrap();
    let letters = ["letter.txt", "recovered/letter.key"].map(|name| path.join(name));
    for letter in &letters {
        fs::write(letter, b"dear").unwrap();
    }
    fs::write(path.join("recovered/0C.key.new"), b"half").unwrap();
    folder.discard().unwrap();
    assert_eq!(names(&path), ["letter.txt", "recovered"]);
    assert_eq!(names(&path.join("recovered")), ["letter.key"]);
    for letter in letters {
        fs::remove_file(letter).unwrap();
    }
    folder.discard().unwrap();
    assert!(!path.exists());
}

#[test]
fn damaged_files_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::open(dir.path(), &link(1)).unwrap();
    fs::write(dir.path().join("signature.key"), b"-----BEGIN").unwrap();
    let refused = folder.keys(&claimed(&PURPOSES)).unwrap_err().to_string();
    assert!(refused.contains("signature.key is damaged"), "{refused}");
    fs::write(dir.path().join(ENROLLMENT), b"{").unwrap();
    let refused = Folder::open(dir.path(), &link(1)).unwrap_err().to_string();
    assert!(refused.contains("enrollment.json is damaged"), "{refused}");
}

/// Killed after the receipt, the server gives no sealed keys any more: what was stored before it is all there is.
#[test]
fn archived_keys_that_were_stored_are_found_again() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::open(dir.path(), &link(1)).unwrap();
    folder.keys(&claimed(&PURPOSES)).unwrap();
    let installed = installed();
    for _ in 0..2 {
        folder.store(&installed).unwrap();
    }
    let found = Folder::open(dir.path(), &link(1)).unwrap().found_keys().unwrap();
    let spki = |key: &Arc<EncryptionKey>| key.spki().unwrap();
    let stored: Vec<_> = found.stored.iter().map(spki).collect();
    let delivered = installed.encryption.iter().chain(&installed.recovered);
    assert_eq!(
        stored,
        delivered
            .map(|delivered| spki(&delivered.key))
            .collect::<Vec<_>>()
    );
    let mode = |name: &str| fs::metadata(dir.path().join(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode("recovered"), 0o700);
    assert_eq!((mode("encryption.key"), mode("recovered/0A.key")), (0o600, 0o600));
    folder.finish(&link(1), &installation()).unwrap();
    assert!(!dir.path().join(TRANSPORT_KEY).exists());

    let holders = holders(dir.path()).unwrap();
    let held: Vec<_> = holders
        .iter()
        .map(|holder| holder.key().unwrap().spki().unwrap())
        .collect();
    assert_eq!(held, stored);
}

#[test]
fn a_folder_without_encryption_keys_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let refused = holders(dir.path()).unwrap_err().to_string();
    assert!(refused.contains("holds no mobile ID"), "{refused}");
    let folder = Folder::open(dir.path(), &link(1)).unwrap();
    folder.finish(&link(1), &installation()).unwrap();
    let refused = holders(dir.path()).unwrap_err().to_string();
    assert!(refused.contains("holds no encryption certificate"), "{refused}");
}
