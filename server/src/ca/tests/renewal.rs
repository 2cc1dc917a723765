//! The issuing CA's next generation: made, killed in the making, refused, and what the generation before goes on doing.

use std::os::unix::process::ExitStatusExt;

use super::super::{IssueError, Reason, Renewal, RenewalError, newest_generation, ocsp::Status};
use super::*;

/// Half of the first generation's life, and a little.
const LATER: Duration = Duration::days(1_830);

fn begin(dir: &Path, now: OffsetDateTime, force: bool) -> Result<Renewal, RenewalError> {
    let keys = FileKeyStore::new(dir, None, Owner::Ca);
    Renewal::begin(&keys, dir, PUBLIC_URL, now, chance::octets, force)
}

fn renew(dir: &Path, now: OffsetDateTime) {
    begin(dir, now, true).unwrap().finish().unwrap();
}

fn refusal(renewed: Result<Renewal, RenewalError>) -> String {
    renewed.expect_err("refused").to_string()
}

/// One generation's certificate for Anna, in files for openssl.
fn issue(ca: &Ca, by: &Authority, name: &str) -> Serial {
    let key = key(P256);
    let order = order(&key);
    let file = ca.file(name, &by.issue(&order).unwrap().der);
    lint("lint_pkix_cert", &[], &file);
    ca.pem(name);
    order.serial
}

fn shown(file: &Path) -> String {
    let shown = openssl([
        arg("x509"),
        arg("-noout"),
        arg("-text"),
        arg("-in"),
        file.as_os_str(),
    ]);
    String::from_utf8(shown).unwrap()
}

fn verify(ca: &Ca, issuing: &str, certificate: &str) -> bool {
    let verify = Command::new("openssl")
        .args(["verify", "-x509_strict", "-no-CApath", "-attime"])
        .arg((NOW + Duration::days(1)).unix_timestamp().to_string())
        .arg("-CAfile")
        .arg(ca.pem("root.cer"))
        .arg("-untrusted")
        .arg(ca.pem(issuing))
        .arg(ca.path(certificate))
        .output();
    verify.unwrap().status.success()
}

#[test]
fn both_generations_certificates_please_openssl_and_pkilint_under_their_own_names() {
    let ca = Ca::new();
    issue(&ca, &ca.authority, "by-1.cer");
    renew(ca.dir.path(), NOW);
    let renewed = open(ca.dir.path(), NOW).unwrap();
    issue(&ca, &renewed, "by-2.cer");
    let names: Vec<_> = renewed
        .generations()
        .map(|one| (one.number(), one.name()))
        .collect();
    assert_eq!(
        names,
        [
            (1, "CN=Smart ID Issuing CA,O=id.example.com"),
            (2, "CN=Smart ID Issuing CA 2,O=id.example.com"),
        ]
    );
    assert_eq!(renewed.generation(1).unwrap().der(), ca.newest().der());
    lint("lint_pkix_cert", &[], &ca.path("issuing-2.cer"));
    for (issuing, certificate, fits) in [
        ("issuing.cer", "by-1.pem", true),
        ("issuing-2.cer", "by-2.pem", true),
        ("issuing.cer", "by-2.pem", false),
        ("issuing-2.cer", "by-1.pem", false),
    ] {
        assert_eq!(verify(&ca, issuing, certificate), fits, "{issuing} {certificate}");
    }
    let second = shown(&ca.path("by-2.cer"));
    for line in [
        "URI:https://id.example.com/pki/issuing-2.cer",
        "URI:https://id.example.com/pki/issuing-2.crl",
        "OCSP - URI:https://id.example.com/pki/ocsp",
    ] {
        assert!(second.contains(line), "{line}\n{second}");
    }
    let responder = renewed
        .newest()
        .certify_responder(Serial::from_random([7; 20]), NOW)
        .unwrap();
    let responder = ca.file("responder.cer", responder.der());
    lint("lint_pkix_cert", &[], &responder);
    assert!(shown(&responder).contains("/pki/issuing-2.cer"));
    let list = renewed
        .newest()
        .crl(7, NOW, NOW + Duration::days(1), &[])
        .unwrap();
    lint(
        "lint_crl",
        &["-t", "CRL", "-p", "PKIX"],
        &ca.file("two.crl", &list),
    );
}

#[test]
fn the_generation_that_issued_answers_for_a_certificate() {
    let ca = Ca::new();
    let serial = issue(&ca, &ca.authority, "one.cer");
    renew(ca.dir.path(), NOW);
    let renewed = open(ca.dir.path(), NOW).unwrap();
    let request = |issuers: &[&str]| {
        let file = ca.path("request.der");
        let mut args = vec![
            arg("ocsp").to_owned(),
            arg("-no_nonce").to_owned(),
            arg("-reqout").to_owned(),
        ];
        args.push(file.clone().into());
        for issuer in issuers {
            args.extend([arg("-issuer").to_owned(), ca.pem(issuer).into()]);
            args.extend([arg("-serial").to_owned(), format!("0x{serial}").into()]);
        }
        openssl(args.iter().map(|arg| &**arg));
        renewed.read_ocsp(&fs::read(file).unwrap()).unwrap()
    };
    for (issuer, generation) in [("issuing.cer", 1), ("issuing-2.cer", 2)] {
        let asked = request(&[issuer]);
        assert_eq!(asked.generation, generation);
        assert_eq!(asked.serials().collect::<Vec<_>>(), [Some(serial)]);
        let by = renewed.generation(generation).unwrap();
        let responder = by.certify_responder(Serial::from_random([7; 20]), NOW).unwrap();
        let answer = responder.answer(&asked, &[Status::Good], NOW).unwrap();
        lint("lint_ocsp_response", &[], &ca.file("answer.der", &answer));
    }
    // One answer has one signature: of the other generation's it says that it does not know.
    let asked = request(&["issuing-2.cer", "issuing.cer"]);
    assert_eq!(asked.generation, 2);
    assert_eq!(asked.serials().collect::<Vec<_>>(), [Some(serial), None]);
}

#[test]
fn a_renewal_that_was_killed_is_as_if_it_had_not_begun_and_the_next_goes_on() {
    let ca = Ca::new();
    drop(begin(ca.dir.path(), NOW, true).unwrap());
    let key = fs::read(ca.path("issuing-2.key")).unwrap();
    assert!(!ca.path("issuing-2.cer").exists());
    fs::write(ca.path("issuing-2.cer.new"), b"half").unwrap();
    assert_eq!(newest_generation(ca.dir.path()).unwrap(), 1);
    assert_eq!(open(ca.dir.path(), NOW).unwrap().newest().number(), 1);
    renew(ca.dir.path(), NOW);
    assert_eq!(open(ca.dir.path(), NOW).unwrap().newest().number(), 2);
    assert_eq!(
        fs::read(ca.path("issuing-2.key")).unwrap(),
        key,
        "one key, made once"
    );
    assert!(!ca.path("issuing-2.cer.new").exists());
}

/// A renewal in a process of its own, which the next test kills: there, the folder is its.
#[test]
fn renewal() {
    let given = std::env::var_os("SELFSERVICE_TEST_CA_DIR").map(PathBuf::from);
    let own = given.is_none().then(Ca::new);
    let dir = given
        .or(own.as_ref().map(|own| own.dir.path().to_owned()))
        .unwrap();
    renew(&dir, NOW);
    assert_eq!(
        open(&dir, NOW).unwrap().newest().number(),
        newest_generation(&dir).unwrap()
    );
}

#[test]
fn renewal_survives_sigkill() {
    let mut killed = 0;
    for round in 0..40 {
        let ca = Ca::new();
        fs::remove_file(ca.path("lock")).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "ca::tests::renewal::renewal"])
            .env("SELFSERVICE_TEST_CA_DIR", ca.dir.path())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // Wait for the work to begin, then strike a little later in every round.
        while !ca.path("lock").exists() && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        std::thread::sleep(std::time::Duration::from_micros(round * 150));
        child.kill().unwrap();
        if child.wait().unwrap().signal() == Some(9) {
            killed += 1;
        }
        let found = open(ca.dir.path(), NOW).unwrap_or_else(|error| panic!("round {round}: {error}"));
        if found.newest().number() == 1 {
            renew(ca.dir.path(), NOW);
        }
        let after = open(ca.dir.path(), NOW).unwrap();
        assert_eq!(after.newest().number(), 2, "round {round}");
        assert_eq!(after.generation(1).unwrap().der(), ca.newest().der());
    }
    assert!(killed > 0, "none of 40 was killed in the act");
}

#[test]
fn without_the_root_s_key_nothing_is_made_and_the_words_say_where_it_belongs() {
    let ca = Ca::new();
    let away = fs::read(ca.path("root.key")).unwrap();
    fs::remove_file(ca.path("root.key")).unwrap();
    let refused = refusal(begin(ca.dir.path(), NOW, true));
    assert!(
        refused.contains("root.key is not there: bring it back"),
        "{refused}"
    );
    assert!(!ca.path("issuing-2.key").exists());
    fs::copy(Ca::new().path("root.key"), ca.path("root.key")).unwrap();
    let refused = refusal(begin(ca.dir.path(), NOW, true));
    assert!(refused.contains("root.cer does not fit"), "{refused}");
    fs::write(ca.path("root.key"), away).unwrap();
    renew(ca.dir.path(), NOW);
    fs::remove_file(ca.path("root.key")).unwrap();
    assert_eq!(open(ca.dir.path(), NOW).unwrap().newest().number(), 2);
    let nothing = tempfile::tempdir().unwrap();
    assert!(matches!(
        begin(nothing.path(), NOW, true),
        Err(RenewalError::NoCa)
    ));
}

#[test]
fn a_young_generation_is_renewed_by_force_only() {
    let ca = Ca::new();
    let refused = refusal(begin(ca.dir.path(), NOW + LATER - Duration::days(10), false));
    assert!(refused.contains("half of its life is over 2031-11-"), "{refused}");
    begin(ca.dir.path(), NOW + LATER, false)
        .unwrap()
        .finish()
        .unwrap();
    let again = begin(ca.dir.path(), NOW + LATER, false);
    assert!(matches!(again, Err(RenewalError::Young { generation: 2, .. })));
    renew(ca.dir.path(), NOW + LATER);
    assert_eq!(newest_generation(ca.dir.path()).unwrap(), 3);
}

#[test]
fn one_that_has_ended_issues_nothing_and_can_be_renewed() {
    let ca = Ca::new();
    let after = NOW + Duration::days(3_660);
    let refused = open(ca.dir.path(), after).expect_err("ended").to_string();
    assert!(refused.contains("selfservice ca renew"), "{refused}");
    begin(ca.dir.path(), after, false).unwrap().finish().unwrap();
    let renewed = open(ca.dir.path(), after).unwrap();
    let ended: Vec<_> = renewed.generations().map(|one| one.has_ended(after)).collect();
    assert_eq!(ended, [true, false]);
    let first = renewed.generation(1).unwrap();
    let certified = first.certify_responder(Serial::from_random([7; 20]), after);
    assert!(
        matches!(certified, Err(IssueError::ValidityEmpty)),
        "{certified:?}"
    );
    let revoked = [(Serial::from_random([8; 20]), after, Reason::KeyCompromise)];
    assert!(
        renewed
            .newest()
            .crl(1, after, after + Duration::days(1), &revoked)
            .is_ok()
    );
}

#[test]
fn no_generation_outlives_the_root() {
    let ca = Ca::new();
    let late = NOW + Duration::days(15 * 365);
    begin(ca.dir.path(), late, false).unwrap().finish().unwrap();
    let renewed = open(ca.dir.path(), late).unwrap();
    let root_ends = "2046-11-22";
    assert_eq!(renewed.issuing_not_after().date().to_string(), root_ends);
    let refused = refusal(begin(ca.dir.path(), late + Duration::days(1_500), true));
    assert!(
        refused.contains(&format!("the root ends {root_ends}")),
        "{refused}"
    );
}

#[test]
fn a_lost_file_of_any_generation_is_named() {
    for lost in ["issuing-2.cer", "issuing-2.key", "issuing-3.key", "issuing.key"] {
        let ca = Ca::new();
        renew(ca.dir.path(), NOW);
        renew(ca.dir.path(), NOW);
        fs::remove_file(ca.path(lost)).unwrap();
        for refused in [
            open(ca.dir.path(), NOW).expect_err("refused").to_string(),
            refusal(begin(ca.dir.path(), NOW, true)),
        ] {
            assert!(
                refused.contains(&format!("{lost} is missing: restore it from a backup")),
                "{refused}"
            );
        }
    }
    let (ours, theirs) = (Ca::new(), Ca::new());
    renew(ours.dir.path(), NOW);
    renew(theirs.dir.path(), NOW);
    for name in ["issuing-2.cer", "issuing-2.key"] {
        let kept = fs::read(ours.path(name)).unwrap();
        fs::copy(theirs.path(name), ours.path(name)).unwrap();
        let refused = open(ours.dir.path(), NOW).expect_err("refused").to_string();
        assert!(refused.contains("does not fit"), "{name}: {refused}");
        fs::write(ours.path(name), kept).unwrap();
    }
}
