//! The issuing CA renewed while certificates live: what was issued before and after it, asked of every server.

use std::{path::Path, sync::Arc};

use server::{
    ca::{Authority, FileKeyStore, Owner, ocsp::OcspRefusal},
    chance,
    settings::Settings,
    startup,
    use_case::{
        Context, PortalError, answer_ocsp, publish_crl, renew_issuing_ca,
        save_script::{self, Author},
        show_ca,
    },
};
use shared::{
    api::{MobileId, ProcessState, ScriptName},
    problem::Code,
    protocol,
    url::{api, device, pki},
};
use time::Duration;

use crate::{
    app::{Browser, Server, enroll},
    pki::run,
    program,
};

async fn renew(server: &Server) -> u32 {
    let settings = Settings::load(Some(&server.dir.path().join("settings.toml"))).unwrap();
    let (store, now) = (&server.context.store, server.context.clock.now());
    let renewal = startup::begin_renewal(&settings, store, now, true).await.unwrap();
    renew_issuing_ca::run(store, renewal, now).await.unwrap()
}

/// A folder for openssl: certificates and lists of both generations, and the root's.
async fn folder(server: &Server) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    let browser = server.anonymous();
    let files = [
        (pki::ROOT.to_owned(), "root.cer", "x509"),
        (pki::issuing(1), "issuing.cer", "x509"),
        (pki::issuing(2), "issuing-2.cer", "x509"),
        (pki::ROOT_CRL.to_owned(), "root.crl", "crl"),
        (pki::crl(1), "issuing.crl", "crl"),
        (pki::crl(2), "issuing-2.crl", "crl"),
    ];
    for (path, name, kind) in files {
        std::fs::write(dir.path().join(name), browser.get(&path).await.ok().body).unwrap();
        run(
            dir.path(),
            &format!("openssl {kind} -inform DER -in {name} -out {name}.pem"),
        );
    }
    run(
        dir.path(),
        "cat root.crl.pem issuing.crl.pem issuing-2.crl.pem > lists.pem",
    );
    dir
}

async fn certificate(browser: &Browser, dir: &Path, of: &MobileId, name: &str) {
    let pem = browser
        .get(&api::certificate(&of.certificates[0].serial, "pem"))
        .await
        .ok();
    std::fs::write(dir.join(name), pem.body).unwrap();
}

/// What openssl says of a certificate, with all lists and all of the chain looked at.
fn verify(dir: &Path, issuing: &str, name: &str) -> String {
    let verify = "openssl verify -crl_check_all -x509_strict -CAfile root.cer.pem -CRLfile lists.pem";
    run(
        dir,
        &format!("{verify} -untrusted {issuing}.cer.pem {name} 2>&1 || true"),
    )
}

/// What openssl makes of the server's answer; its verdict on the signature comes first.
async fn ocsp(server: &Server, dir: &Path, issuing: &str, serial: &str) -> String {
    let check = format!(
        "openssl ocsp -issuer {issuing}.cer.pem -serial 0x{serial} -url {}{} -CAfile root.cer.pem \
         -verify_other {issuing}.cer.pem",
        server.base,
        pki::OCSP
    );
    let dir = dir.to_owned();
    let said = tokio::task::spawn_blocking(move || run(&dir, &check))
        .await
        .unwrap();
    assert!(said.contains("Response verify OK"), "{said}");
    said
}

fn list(dir: &Path, name: &str) -> String {
    run(dir, &format!("openssl crl -in {name}.crl.pem -noout -text"))
}

#[tokio::test]
async fn certificates_of_before_and_after_count_and_each_generation_tells_of_its_own() {
    let before = Server::start().await;
    let (anna, carla) = (before.user("anna").await, before.user("carla").await);
    let kept = enroll(&anna, &before.phone()).await;
    let (process, shown) = carla.open().await;
    let code = before.phone().get_ready(&shown).await;
    carla.pair(process, &code).await.ok();
    let withdrawn = carla.process(process).await.mobile_id.unwrap();

    assert_eq!(renew(&before).await, 2);
    let after = Server::start_in(before.dir.clone(), |_| {}).await;
    let bertil = after.user("bertil").await;
    let phone = after.phone();
    let new = enroll(&bertil, &phone).await;
    // Revoked after the renewal, by the server that knows nothing of it.
    carla.cancel(process).await.ok();

    let chain = phone.enrollment().await.installation.unwrap().chain;
    let expected = [after.context.ca.newest().der(), after.context.ca.root_der()];
    assert_eq!(
        chain,
        expected.map(protocol::encode),
        "a phone gets its issuer's chain"
    );
    let dir = folder(&after).await;
    for (browser, of, name) in [
        (&anna, &kept, "kept.pem"),
        (&carla, &withdrawn, "withdrawn.pem"),
        (&bertil, &new, "new.pem"),
    ] {
        certificate(browser, dir.path(), of, name).await;
    }
    let dir = dir.path();
    assert!(
        verify(dir, "issuing", "kept.pem").ends_with("kept.pem: OK\n"),
        "{}",
        verify(dir, "issuing", "kept.pem")
    );
    assert!(
        verify(dir, "issuing-2", "new.pem").ends_with("new.pem: OK\n"),
        "{}",
        verify(dir, "issuing-2", "new.pem")
    );
    assert!(verify(dir, "issuing", "withdrawn.pem").contains("certificate revoked"));
    let serial = &withdrawn.certificates[0].serial;
    assert!(list(dir, "issuing").contains(serial) && !list(dir, "issuing-2").contains(serial));
    for (issuing, of, status) in [
        ("issuing", &kept, ": good"),
        ("issuing", &withdrawn, ": revoked"),
        ("issuing-2", &new, ": good"),
        // By another generation than the one that issued it.
        ("issuing-2", &kept, ": unknown"),
        ("issuing", &new, ": unknown"),
    ] {
        let said = ocsp(&after, dir, issuing, &of.certificates[0].serial).await;
        assert!(said.contains(status), "{issuing}: {said}");
    }
    assert!(matches!(
        after.context.store.read().verify_audit().await.unwrap(),
        server::store::Chain::Whole(_)
    ));
}

/// Two servers on one database, one of which was started before the renewal.
#[tokio::test]
async fn a_server_from_before_goes_on_with_what_it_knows() {
    let old = Server::start().await;
    let anna = old.user("anna").await;
    publish_crl::all(&old.context).await.unwrap();
    renew(&old).await;
    let new = Server::start_in(old.dir.clone(), |_| {}).await;
    publish_crl::all(&new.context).await.unwrap();
    let dir = folder(&new).await;
    // It issues by the generation before, and both servers answer for that alike.
    let phone = old.phone();
    let issued = enroll(&anna, &phone).await;
    assert_eq!(
        phone.enrollment().await.installation.unwrap().chain[0],
        protocol::encode(old.context.ca.newest().der())
    );
    for server in [&old, &new] {
        let said = ocsp(server, dir.path(), "issuing", &issued.certificates[0].serial).await;
        assert!(said.contains(": good"), "{said}");
        let answer = server.anonymous().get(&pki::crl(1)).await.ok();
        let number = server
            .context
            .store
            .read()
            .newest_crl_number(1)
            .await
            .unwrap()
            .unwrap();
        assert_eq!(answer.headers["etag"], format!("\"{number}\""));
    }
    // What it does not know it does not give, and does not take for something else.
    for path in [
        pki::issuing(2),
        pki::crl(2),
        "/pki/issuing-1.cer".into(),
        "/pki/other.cer".into(),
    ] {
        old.anonymous().get(&path).await.refused(Code::NotFound);
    }
    let bertil = new.user("bertil").await;
    let mut phone = new.phone();
    let (process, shown) = bertil.open().await;
    let code = phone.get_ready(&shown).await;
    bertil.pair(process, &code).await.ok();
    phone.move_to(&old);
    phone.get(device::ENROLLMENT).await.refused(Code::Unavailable);
    phone.move_to(&new);
    phone.send_receipt(&phone.receipt().await).await.ok();
    assert_eq!(bertil.process(process).await.state, ProcessState::Completed);
    // A list of its own for each, and no number twice.
    let book = new.context.store.read();
    let numbers = [
        book.newest_crl_number(1).await.unwrap(),
        book.newest_crl_number(2).await.unwrap(),
    ];
    assert_ne!(numbers[0], numbers[1]);
}

#[tokio::test]
async fn a_generation_that_has_ended_keeps_its_last_list_and_answers_for_nothing() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let issued = enroll(&anna, &server.phone()).await;
    let last = publish_crl::run(&server.context, 1).await.unwrap();
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("issuing.cer"), server.context.ca.newest().der()).unwrap();
    let serial = &issued.certificates[0].serial;
    run(
        dir.path(),
        &format!(
            "openssl x509 -inform DER -in issuing.cer -out issuing.pem && openssl ocsp -no_nonce -issuer issuing.pem -serial 0x{serial} -reqout request"
        ),
    );
    let request = std::fs::read(dir.path().join("request")).unwrap();
    answer_ocsp::run(&server.context, &request).await.unwrap();

    server.later(Duration::days(9 * 365));
    renew(&server).await;
    server.later(Duration::days(2 * 365));
    let now = server.context.clock.now();
    let ca = server.dir.path().join("ca");
    let keys = FileKeyStore::new(ca.join("keys"), None, Owner::Ca);
    let opened = Authority::open(&keys, &ca, "http://localhost", now, chance::octets).unwrap();
    let context = Context {
        ca: Arc::new(opened),
        ..server.context.clone()
    };
    publish_crl::all(&context).await.unwrap();
    assert_eq!(publish_crl::run(&context, 1).await.unwrap(), last);
    assert!(publish_crl::run(&context, 2).await.unwrap().number > last.number);
    assert!(matches!(
        publish_crl::run(&context, 3).await,
        Err(PortalError::NotFound)
    ));
    let refused = answer_ocsp::run(&context, &request).await;
    assert!(matches!(refused, Err(OcspRefusal::Unauthorized)), "{refused:?}");
    let seen = show_ca::run(&context).await.unwrap();
    let ended: Vec<_> = seen
        .generations
        .iter()
        .map(|one| (one.has_ended, one.issues))
        .collect();
    assert_eq!(ended, [(true, false), (false, true)]);
}

#[tokio::test]
async fn who_must_renew_is_told_a_year_before_or_when_the_longest_validity_no_longer_fits() {
    let server = Server::start().await;
    server.administrator("astrid").await;
    let astrid = server
        .context
        .store
        .read()
        .user_named("astrid")
        .await
        .unwrap()
        .unwrap();
    let save = async |text| {
        let author = Author {
            name: "astrid",
            user: &astrid,
        };
        save_script::run(&server.context, ScriptName::Options, text, "tried", None, author)
            .await
            .unwrap();
    };
    let warning = async || {
        let seen = show_ca::run(&server.context).await.unwrap();
        seen.warning
            .map(|warning| warning.to_string())
            .unwrap_or_default()
    };
    // The default: two years.
    server.later(Duration::days(7 * 365));
    assert_eq!(warning().await, "");
    server.later(Duration::days(450));
    let said = warning().await;
    assert!(
        said.contains("they are refused. Renew it: selfservice ca renew"),
        "{said}"
    );
    save("yearsOfValidity = 0; daysOfValidity = 10;").await;
    assert_eq!(warning().await, "");
    server.later(Duration::days(300));
    let said = warning().await;
    assert!(
        said.contains("selfservice ca renew") && !said.contains("refused"),
        "{said}"
    );
    server.later(Duration::days(-9 * 365));
    assert_eq!(warning().await, "");
    save("yearsOfValidity = 9;").await;
    server.later(Duration::days(2 * 365));
    assert!(warning().await.contains("they are refused"));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_command_renews_shows_and_refuses() {
    let mut server = program::Server::start().await;
    let (status, said) = server.try_to_say(&["ca", "renew"]);
    assert!(!status.success() && said.contains("--force"), "{said}");
    let said = server.say(&["ca", "renew", "--force"]);
    assert!(
        said.contains("Generation 2") && said.contains("Restart every server"),
        "{said}"
    );
    let said = server.say(&["ca", "show"]);
    for words in [
        "generation 1, answers for what it issued",
        "generation 2, issues",
        "CN=Smart ID Issuing CA 2,O=localhost",
        "list:         number ",
    ] {
        assert!(said.contains(words), "{words}\n{said}");
    }
    assert!(!said.contains("Warning"), "{said}");
    server.kill_and_start_again().await;
    let der = reqwest::get(format!("{}{}", server.base(), pki::issuing(2)))
        .await
        .unwrap();
    let der = der.bytes().await.unwrap();
    assert_eq!(der, std::fs::read(server.path("data/ca/issuing-2.cer")).unwrap());

    let kept = server.path("data/ca/keys/root.key");
    std::fs::rename(&kept, server.path("root.key")).unwrap();
    let (status, said) = server.try_to_say(&["ca", "renew", "--force"]);
    assert!(
        !status.success() && said.contains("root.key is not there: bring it back"),
        "{said}"
    );
    std::fs::rename(server.path("root.key"), &kept).unwrap();

    // A lost generation is neither passed over nor made anew.
    std::fs::rename(server.path("data/ca/issuing-2.cer"), server.path("issuing-2.cer")).unwrap();
    for refused in [
        server.try_to_say(&["ca", "renew", "--force"]).1,
        server.refusal(&[]),
    ] {
        assert!(
            refused.contains("by the database generation 2 of the issuing CA is at work"),
            "{refused}"
        );
    }
    assert!(!server.path("data/ca/issuing-2.cer").exists());
    std::fs::rename(server.path("issuing-2.cer"), server.path("data/ca/issuing-2.cer")).unwrap();
    server.start_again().await;
    assert!(
        server
            .say(&["audit", "verify"])
            .contains("The audit log is whole")
    );
}
