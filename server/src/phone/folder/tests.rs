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

fn installed() -> Installed {
    Installed {
        certificates: PURPOSES.map(|purpose| (purpose, vec![0x30, 0])).to_vec(),
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
    let mut names: Vec<String> = fs::read_dir(path)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn a_killed_run_is_gone_on_with_by_the_same_token_and_keys() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("new/folder");
    let first = Folder::open(&path, &link(1)).unwrap();
    assert!(!first.is_resumed);
    let made = first.keys(&PURPOSES[..1]).unwrap();
    fs::write(path.join("signature.key.new"), b"half").unwrap();

    let again = Folder::open(&path, &link(1)).unwrap();
    assert!(again.is_resumed && again.token == first.token);
    let keys = again.keys(&PURPOSES).unwrap();
    assert_eq!(keys[0].spki, made[0].spki);
    assert_eq!(again.found_keys().unwrap().len(), 2);
    assert_eq!(
        names(&path),
        ["authentication.key", "enrollment.json", "signature.key"]
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
    folder.keys(&PURPOSES).unwrap();
    folder.store(&installed()).unwrap();
    folder.finish(&link(1), &installation()).unwrap();
    assert_eq!(
        names(dir.path()),
        [
            "authentication.key",
            "authentication.pem",
            "chain.pem",
            "mobile-id.json",
            "signature.key",
            "signature.pem"
        ]
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
    folder.keys(&PURPOSES).unwrap();
    folder.store(&installed()).unwrap();
    fs::write(path.join("letter.txt"), b"dear").unwrap();
    folder.discard().unwrap();
    assert_eq!(names(&path), ["letter.txt"]);
    fs::remove_file(path.join("letter.txt")).unwrap();
    folder.discard().unwrap();
    assert!(!path.exists());
}

#[test]
fn damaged_files_are_named() {
    let dir = tempfile::tempdir().unwrap();
    let folder = Folder::open(dir.path(), &link(1)).unwrap();
    fs::write(dir.path().join("signature.key"), b"-----BEGIN").unwrap();
    let refused = folder.keys(&PURPOSES).unwrap_err().to_string();
    assert!(refused.contains("signature.key is damaged"), "{refused}");
    fs::write(dir.path().join(ENROLLMENT), b"{").unwrap();
    let refused = Folder::open(dir.path(), &link(1)).unwrap_err().to_string();
    assert!(refused.contains("enrollment.json is damaged"), "{refused}");
}
