//! The first start, whole, killed, and with files lost or mixed up; and every start after it.

use std::os::unix::process::ExitStatusExt;

use super::*;

/// In the order in which they are made.
const FILES: [&str; 4] = ["root.key", "root.cer", "issuing.key", "issuing.cer"];

fn copy(from: &Path, to: &Path, names: &[&str]) {
    for name in names {
        fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

fn refusal(dir: &Path) -> String {
    open(dir, NOW).expect_err("the CA is refused").to_string()
}

#[test]
fn a_second_start_finds_the_same_authority() {
    let ca = Ca::new();
    let later = NOW + Duration::days(3000);
    let again = open(ca.dir.path(), later).unwrap();
    assert_eq!(again.root_der(), ca.authority.root_der());
    assert_eq!(again.newest().der(), ca.newest().der());
    assert_eq!(again.issuing_not_after(), ca.authority.issuing_not_after());
    let key = key(P256);
    let issued = again
        .issue(&Order {
            not_before: later,
            not_after: later + Duration::days(1),
            ..order(&key)
        })
        .unwrap();
    assert_eq!(issued.issuer, ca.newest().name());
}

#[test]
fn two_first_starts_make_different_authorities() {
    let (one, other) = (Ca::new(), Ca::new());
    assert_ne!(one.authority.root_der(), other.authority.root_der());
    assert_ne!(one.authority.newest().der(), other.authority.newest().der());
}

#[test]
fn whatever_was_made_before_a_kill_is_kept_and_the_rest_is_made() {
    let whole = Ca::new();
    for made in 0..=FILES.len() {
        let dir = tempfile::tempdir().unwrap();
        copy(whole.dir.path(), dir.path(), &FILES[..made]);
        if let Some(half) = FILES.get(made) {
            fs::write(dir.path().join(format!("{half}.new")), b"half").unwrap();
        }
        open(dir.path(), NOW).unwrap();
        for name in &FILES[..made] {
            assert_eq!(
                fs::read(dir.path().join(name)).unwrap(),
                fs::read(whole.path(name)).unwrap(),
                "{name}"
            );
        }
        let mut left: Vec<_> = fs::read_dir(dir.path())
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        left.sort();
        assert_eq!(
            left,
            [
                "issuing.cer",
                "issuing.key",
                "lock",
                "root.cer",
                "root.crl",
                "root.key"
            ]
        );
    }
}

/// A first start in a process of its own, which the next test kills: there, the folder is its.
#[test]
fn first_start() {
    let own = tempfile::tempdir().unwrap();
    let dir =
        std::env::var_os("SELFSERVICE_TEST_CA_DIR").map_or_else(|| own.path().to_owned(), PathBuf::from);
    open(&dir, NOW).unwrap();
    assert!(FILES.iter().all(|name| dir.join(name).exists()));
}

#[test]
fn first_start_survives_sigkill() {
    let mut killed = 0;
    for round in 0..60 {
        let dir = tempfile::tempdir().unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "ca::tests::first_start::first_start"])
            .env("SELFSERVICE_TEST_CA_DIR", dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Wait for the work to begin, then strike a little later in every round.
        while !dir.path().join("lock").exists() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        std::thread::sleep(std::time::Duration::from_micros(round * 150));
        child.kill().unwrap();
        if child.wait().unwrap().signal() == Some(9) {
            killed += 1;
        }
        let after = open(dir.path(), NOW).unwrap_or_else(|error| panic!("round {round}: {error}"));
        assert_eq!(
            open(dir.path(), NOW).unwrap().newest().der(),
            after.newest().der()
        );
    }
    assert!(killed > 0, "none of 60 was killed in the act");
}

#[test]
fn a_lost_file_is_named_and_never_replaced() {
    for lost in ["root.cer", "issuing.key"] {
        let ca = Ca::new();
        fs::remove_file(ca.path(lost)).unwrap();
        let refused = refusal(ca.dir.path());
        assert!(
            refused.contains(&format!("{lost} is missing: restore it from a backup")),
            "{refused}"
        );
        assert!(!ca.path(lost).exists());
    }
    let dir = tempfile::tempdir().unwrap();
    copy(Ca::new().dir.path(), dir.path(), &FILES[1..3]);
    assert!(refusal(dir.path()).contains("root.key is missing"));
}

#[test]
fn the_root_s_key_may_be_taken_away() {
    let ca = Ca::new();
    fs::remove_file(ca.path("root.key")).unwrap();
    let again = open(ca.dir.path(), NOW).unwrap();
    assert_eq!(again.newest().der(), ca.newest().der());
    assert!(!ca.path("root.key").exists());
}

#[test]
fn a_file_of_another_authority_does_not_fit() {
    let (ours, theirs) = (Ca::new(), Ca::new());
    for name in FILES {
        let dir = tempfile::tempdir().unwrap();
        copy(ours.dir.path(), dir.path(), &FILES);
        copy(theirs.dir.path(), dir.path(), &[name]);
        let refused = refusal(dir.path());
        assert!(refused.contains("does not fit"), "{name}: {refused}");
    }
    // A user's certificate, even one of our own, makes no CA.
    let user = key(P256);
    let issued = ours.authority.issue(&order(&user)).unwrap();
    fs::write(ours.path("issuing.cer"), issued.der).unwrap();
    assert!(refusal(ours.dir.path()).contains("it is not a CA's"));
}

#[test]
fn a_damaged_certificate_is_refused() {
    let ca = Ca::new();
    let good = fs::read(ca.path("issuing.cer")).unwrap();
    for bad in [
        b"".to_vec(),
        good[..good.len() - 1].to_vec(),
        [&good, [0_u8].as_slice()].concat(),
    ] {
        fs::write(ca.path("issuing.cer"), bad).unwrap();
        assert!(refusal(ca.dir.path()).contains("is not a certificate in DER"));
    }
    let mut flipped = good.clone();
    *flipped.last_mut().unwrap() ^= 1;
    fs::write(ca.path("issuing.cer"), flipped).unwrap();
    assert!(refusal(ca.dir.path()).contains("it is not signed by the root"));
}

#[test]
fn a_clock_outside_the_authority_s_validity_is_noticed() {
    let ca = Ca::new();
    let at = |now| open(ca.dir.path(), now).expect_err("refused").to_string();
    assert!(at(NOW + Duration::days(3660)).contains("issuing.cer expired 2036-11-21"));
    assert!(at(NOW + Duration::days(7310)).contains("root.cer expired"));
    assert!(at(NOW - Duration::days(1)).contains("check this machine's clock"));
}

#[test]
fn two_programs_that_start_at_once_make_one_authority() {
    let dir = tempfile::tempdir().unwrap();
    let roots: Vec<Vec<u8>> = std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| open(dir.path(), NOW).unwrap().newest().der().to_vec()))
            .collect();
        starts.into_iter().map(|start| start.join().unwrap()).collect()
    });
    assert!(roots.iter().all(|root| root == &roots[0]));
}

#[test]
fn the_public_url_must_be_one() {
    let dir = tempfile::tempdir().unwrap();
    for url in ["", "id.example.com", "ftp://id.example.com", "https://", "/pki"] {
        let refused = Authority::open(
            &FileKeyStore::new(dir.path(), None, Owner::Ca),
            dir.path(),
            url,
            NOW,
            chance::octets,
        );
        assert!(matches!(refused, Err(OpenError::PublicUrl { .. })), "{url}");
    }
    assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 0);
}
