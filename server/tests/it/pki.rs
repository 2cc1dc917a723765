//! The CA's public files.

use std::path::Path;

use base64ct::{Base64, Encoding};
use shared::url::pki;
use time::Duration;

use crate::app::{Browser, Server, enroll};

/// What commands say that all succeed.
pub fn run(dir: &Path, check: &str) -> String {
    let run = std::process::Command::new("sh")
        .args(["-ec", check])
        .current_dir(dir)
        .output()
        .unwrap();
    let said = format!(
        "{}{}",
        String::from_utf8_lossy(&run.stdout),
        String::from_utf8_lossy(&run.stderr)
    );
    assert!(run.status.success(), "{check}: {said}");
    said
}

#[tokio::test]
async fn the_revocation_list_names_what_was_withdrawn_and_openssl_heeds_it() {
    let server = Server::start().await;
    let (anna, bertil) = (server.user("anna").await, server.user("bertil").await);
    let kept = enroll(&anna, &server.phone()).await;
    let (process, shown) = bertil.open().await;
    let phone = server.phone();
    let code = phone.get_ready(&shown).await;
    bertil.pair(process, &code).await.ok();
    bertil.cancel(process).await.ok();
    let withdrawn = bertil.process(process).await.mobile_id.unwrap();
    let dir = tempfile::tempdir().unwrap();
    let write = |name: &str, octets: &[u8]| std::fs::write(dir.path().join(name), octets).unwrap();
    write("root.der", &anna.get(pki::ROOT).await.ok().body);
    write("issuing.der", &anna.get(pki::ISSUING).await.ok().body);
    let crl = anna.get(pki::CRL).await.ok();
    assert_eq!(crl.headers["content-type"], "application/pkix-crl");
    write("crl.der", &crl.body);
    let said = run(
        dir.path(),
        "openssl x509 -inform DER -in root.der -out root.pem; openssl x509 -inform DER -in issuing.der -out issuing.pem; \
        openssl crl -inform DER -in crl.der -out crl.pem; openssl crl -in crl.pem -CAfile issuing.pem -noout -text",
    );
    assert!(said.contains("verify OK"), "{said}");
    for certificate in &withdrawn.certificates {
        assert!(said.contains(&certificate.serial), "{said}");
    }
    for certificate in &kept.certificates {
        assert!(!said.contains(&certificate.serial), "{said}");
    }
    assert_eq!(said.matches("Cessation Of Operation").count(), 2, "{said}");
    let pem = anna
        .get(&shared::url::api::certificate(
            &kept.certificates[0].serial,
            "pem",
        ))
        .await
        .ok();
    write("kept.pem", &pem.body);
    run(
        dir.path(),
        "openssl verify -crl_check -CAfile root.pem -untrusted issuing.pem -CRLfile crl.pem kept.pem",
    );
}

/// A folder with the CA's certificates as openssl wants them.
pub async fn folder(browser: &Browser) -> tempfile::TempDir {
    let dir = tempfile::tempdir().unwrap();
    for (path, name) in [(pki::ROOT, "root"), (pki::ISSUING, "issuing")] {
        let der = browser.get(path).await.ok().body;
        std::fs::write(dir.path().join(name), der).unwrap();
        run(
            dir.path(),
            &format!("openssl x509 -inform DER -in {name} -out {name}.pem"),
        );
    }
    dir
}

/// What `openssl ocsp` is told about a certificate, with the server asked in its own way.
pub async fn asked(server: &Server, dir: &Path, serial: &str, more: &str) -> String {
    let check = format!(
        "openssl ocsp {more} -issuer issuing.pem -serial 0x{serial} -url {}{} -CAfile root.pem \
         -verify_other issuing.pem -resp_text",
        server.base,
        pki::OCSP
    );
    let dir = dir.to_owned();
    tokio::task::spawn_blocking(move || run(&dir, &check))
        .await
        .unwrap()
}

/// A request (DER) as openssl makes it.
fn request(dir: &Path, serial: &str, more: &str) -> Vec<u8> {
    run(
        dir,
        &format!("openssl ocsp {more} -issuer issuing.pem -serial 0x{serial} -reqout request.der"),
    );
    std::fs::read(dir.join("request.der")).unwrap()
}

#[tokio::test]
async fn openssl_is_told_by_ocsp_what_counts_and_what_was_withdrawn() {
    let server = Server::start().await;
    let (anna, bertil) = (server.user("anna").await, server.user("bertil").await);
    let dir = folder(&anna).await;
    let kept = enroll(&anna, &server.phone()).await;
    let (process, shown) = bertil.open().await;
    let phone = server.phone();
    let code = phone.get_ready(&shown).await;
    bertil.pair(process, &code).await.ok();
    let issued = bertil.process(process).await.mobile_id.unwrap();
    let serial = &issued.certificates[0].serial;
    for more in ["-sha1", "-sha256", "-sha256 -no_nonce"] {
        let said = asked(&server, dir.path(), serial, more).await;
        assert!(
            said.contains("Response verify OK") && said.contains(": good"),
            "{said}"
        );
    }
    bertil.cancel(process).await.ok();
    // An answer was signed and kept a moment ago: a change is heard at once all the same.
    for more in ["-sha256 -no_nonce", "-sha1"] {
        let said = asked(&server, dir.path(), serial, more).await;
        assert!(said.contains("Response verify OK"), "{said}");
        assert!(
            said.contains(": revoked") && said.contains("cessationOfOperation"),
            "{said}"
        );
    }
    let said = asked(&server, dir.path(), &kept.certificates[0].serial, "").await;
    assert!(said.contains(": good"), "{said}");
    let said = asked(&server, dir.path(), &format!("4F{}", "AB".repeat(19)), "").await;
    assert!(said.contains(": unknown"), "{said}");
}

/// Each gives a kept answer again; what the other has changed it hears within a second.
#[tokio::test]
async fn of_two_servers_on_one_database_each_tells_what_the_other_has_changed() {
    let first = Server::start().await;
    let second = Server::start_in(first.dir.clone(), |_| ()).await;
    let anna = first.user("anna").await;
    let dir = folder(&anna).await;
    let made = enroll(&anna, &first.phone()).await;
    let serial = &made.certificates[0].serial;
    for server in [&first, &second] {
        for _ in 0..2 {
            let said = asked(server, dir.path(), serial, "-no_nonce").await;
            assert!(said.contains(": good"), "{said}");
        }
    }
    let lock = shared::url::api::mobile_id_lock(made.summary.id);
    anna.post(&lock, serde_json::json!({ "reason": "lost" }))
        .await
        .ok();
    let said = asked(&first, dir.path(), serial, "-no_nonce").await;
    assert!(said.contains(": revoked"), "at once where it happened: {said}");
    tokio::time::sleep(std::time::Duration::from_millis(1_100)).await;
    let said = asked(&second, dir.path(), serial, "-no_nonce").await;
    assert!(said.contains(": revoked"), "{said}");
}

#[tokio::test]
async fn the_same_question_by_get_has_an_answer_that_others_may_keep() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let dir = folder(&anna).await;
    let kept = enroll(&anna, &server.phone()).await;
    let serial = &kept.certificates[0].serial;
    let by_get = async |request: &[u8]| {
        let text = Base64::encode_string(request);
        let path = text.replace('/', "%2F").replace('+', "%2B").replace('=', "%3D");
        anna.get(&format!("{}/{path}", pki::OCSP)).await.ok()
    };
    let question = request(dir.path(), serial, "-sha1 -no_nonce");
    let first = by_get(&question).await;
    assert_eq!(first.headers["content-type"], "application/ocsp-response");
    let cache = first.headers["cache-control"].to_str().unwrap();
    assert_eq!(cache, "public, max-age=300, no-transform, must-revalidate");
    for name in ["last-modified", "expires"] {
        assert!(first.headers[name].to_str().unwrap().ends_with(" GMT"), "{name}");
    }
    assert_eq!(by_get(&question).await.body, first.body, "signed once");
    let own = by_get(&request(dir.path(), serial, "-sha1 -nonce")).await;
    assert_eq!(
        own.headers["cache-control"], "no-store",
        "a nonce's answer is one reader's own"
    );
    assert_ne!(
        by_get(&request(dir.path(), serial, "-sha1 -nonce")).await.body,
        own.body
    );
    server.later(Duration::minutes(40));
    assert_ne!(
        by_get(&question).await.body,
        first.body,
        "signed anew before it ends"
    );
}

#[tokio::test]
async fn what_is_no_ocsp_request_is_answered_as_the_rfc_says() {
    let server = Server::start().await;
    let browser = server.anonymous();
    let malformed = [0x30, 3, 0x0a, 1, 1];
    let post = async |body: Vec<u8>| {
        let url = format!("{}{}", server.base, pki::OCSP);
        let request = reqwest::Client::new().post(url).body(body);
        let answer = request
            .header("content-type", "application/ocsp-request")
            .send()
            .await
            .unwrap();
        assert_eq!(answer.status(), 200);
        answer.bytes().await.unwrap().to_vec()
    };
    for body in [vec![], b"x".to_vec(), vec![0x30; 8_000], vec![0; 10_000_000]] {
        assert_eq!(post(body).await, malformed);
    }
    for text in ["AA", "not+base64!", "MAA", &"MEUwQz".repeat(500)] {
        let answer = browser.get(&format!("{}/{text}", pki::OCSP)).await.ok();
        assert_eq!(answer.body, malformed, "{text}");
        assert_eq!(answer.headers["cache-control"], "no-store");
    }
    let other = Server::start().await;
    let dir = folder(&other.anonymous()).await;
    let foreign = request(dir.path(), &format!("4F{}", "AB".repeat(19)), "-no_nonce");
    assert_eq!(post(foreign).await, [0x30, 3, 0x0a, 1, 6], "unauthorized");
}

#[tokio::test]
async fn a_list_stays_until_something_changes_or_half_its_life_is_over() {
    let server = Server::start().await;
    let anna = server.user("anna").await;
    let list = async || anna.get(pki::CRL).await.ok();
    let number = |answer: &crate::app::Answer| -> u64 {
        let tag = answer.headers["etag"].to_str().unwrap();
        tag.trim_matches('"').parse().unwrap()
    };
    let first = list().await;
    enroll(&anna, &server.phone()).await;
    server.later(Duration::hours(1));
    assert_eq!(list().await.body, first.body, "what is valid is on no list");
    let bertil = server.user("bertil").await;
    let (process, shown) = bertil.open().await;
    let phone = server.phone();
    let code = phone.get_ready(&shown).await;
    bertil.pair(process, &code).await.ok();
    bertil.cancel(process).await.ok();
    let changed = list().await;
    assert!(number(&changed) > number(&first));
    assert_eq!(list().await.body, changed.body);
    server.later(Duration::hours(13));
    let renewed = list().await;
    assert!(number(&renewed) > number(&changed));
    // A clock that is set back brings no number and no time back.
    server.later(Duration::hours(-14));
    assert_eq!(number(&list().await), number(&renewed));
    assert_eq!(list().await.body, renewed.body);
}
