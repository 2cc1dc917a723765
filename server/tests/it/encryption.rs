//! Encryption certificates: the key is made here, archived, sealed to the phone, and proved before anything is valid.

mod archive;
mod killed;

use server::{domain::audit::Record, use_case::check_books};
use shared::{
    api::{
        CertificateState, Claimed, Ending, Event, Installation, InstalledCertificate, KeyProof, KeysAccepted,
        MobileId, MobileIdState, ProcessState, Purpose, Receipt, Script, ScriptName,
    },
    problem::Code,
    protocol,
    url::{self, api},
};
use time::Duration;
use uuid::Uuid;

use crate::{
    app::{Answer, Browser, Key, Phone, Server, TransportKey, enroll},
    faults::count,
    mail::code::options,
    pki::{folder, run},
};

pub const ENCRYPTION: &str = "certificates.encryption = \"default\";\n";

/// A server under these options, besides that encryption certificates are issued.
pub async fn server_with(text: &str) -> Server {
    let server = Server::start().await;
    options(&server, &format!("{ENCRYPTION}{text}")).await;
    server
}

/// Other options than before, by who changed them first.
pub async fn set_options(server: &Server, text: &str) {
    let administrator = server.signed_in("astrid").await;
    let path = url::admin::script(ScriptName::Options);
    let base = administrator.get(&path).await.json::<Script>().in_force;
    let body = serde_json::json!({ "text": text, "comment": "A test", "base": base });
    administrator.post(&path, body).await.ok();
}

/// The pairing code is typed: the phone has its sealed keys, and has proved nothing yet.
pub async fn confirmed(browser: &Browser, phone: &Phone) -> (Uuid, Installation) {
    let (process, shown) = browser.open().await;
    let code = phone.get_ready(&shown).await;
    browser.pair(process, &code).await.ok();
    (process, phone.enrollment().await.installation.unwrap())
}

/// The one with the new key.
pub fn sealed_of(installation: &Installation) -> InstalledCertificate {
    let mut certificates = installation.certificates.iter();
    let found = certificates.find(|certificate| certificate.purpose == Purpose::Encryption);
    found.unwrap().clone()
}

pub fn encryption_of(mobile_id: &MobileId) -> &shared::api::Certificate {
    let mut certificates = mobile_id.certificates.iter();
    certificates
        .find(|certificate| certificate.purpose == Purpose::Encryption)
        .unwrap()
}

/// Both books agree with each other and with the mobile IDs.
pub async fn books_agree(server: &Server) {
    let report = check_books::run(&server.context, false).await.unwrap();
    assert_eq!(report.different, 0, "{:?}", report.differences);
}

/// What the audit log has of a mobile ID, of this kind.
pub async fn records(server: &Server, id: Uuid, event: Event) -> Vec<Record> {
    let book = server.context.store.read();
    let mobile_id = book.mobile_id(id).await.unwrap().unwrap();
    let mut records = book.history(id, mobile_id.process).await.unwrap();
    records.retain(|record| record.event == event);
    records
}

pub fn database(server: &Server) -> std::path::PathBuf {
    server.dir.path().join("selfservice.sqlite")
}

pub async fn rows(server: &Server, table: &str) -> i64 {
    count(
        &database(server),
        &format!("SELECT count(*) AS count FROM {table}"),
    )
    .await
}

/// The private number in a PrivateKeyInfo of a key on P-256.
fn secret(pkcs8: &[u8]) -> &[u8] {
    let at = pkcs8.windows(5).position(|octets| octets == [2, 1, 1, 4, 32]);
    &pkcs8[at.unwrap() + 5..][..32]
}

#[expect(clippy::too_many_lines, reason = "one journey, told in one go")]
#[tokio::test]
async fn the_key_that_the_phone_unwraps_is_the_certified_one_and_lies_nowhere_in_the_open() {
    let server = server_with("").await;
    let (anna, phone) = (server.user("anna").await, server.phone());
    let (process, shown) = anna.open().await;
    let code = url::page::activation_code(&shown.link);
    let claimed: Claimed = phone.claim(code).await.json();
    assert_eq!(claimed.purposes, [Purpose::Authentication, Purpose::Signature]);
    assert!(claimed.transport_key);
    let accepted: KeysAccepted = phone.send_keys().await.json();
    anna.pair(process, &phone.pairing_code(code, &accepted))
        .await
        .ok();
    let installation = phone.enrollment().await.installation.unwrap();
    let unwrapped = &phone.unwrapped(&installation)[0];
    let certificate = sealed_of(&installation);
    assert_eq!(certificate.serial, unwrapped.serial);

    let dir = folder(&anna).await;
    let write = |name: &str, octets: &[u8]| std::fs::write(dir.path().join(name), octets).unwrap();
    write("key", &unwrapped.pkcs8);
    write(
        "certificate",
        &protocol::decode(&certificate.certificate).unwrap(),
    );
    run(
        dir.path(),
        "openssl x509 -inform DER -in certificate -out certificate.pem
         openssl pkey -inform DER -in key -pubout -out of-key
         openssl x509 -in certificate.pem -noout -pubkey -out of-certificate
         cmp of-key of-certificate
         openssl verify -CAfile root.pem -untrusted issuing.pem certificate.pem",
    );
    let said = run(dir.path(), "openssl x509 -in certificate.pem -noout -text");
    for words in ["Key Agreement", "E-mail Protection", "email:anna@example.com"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(!said.contains("Digital Signature"), "{said}");
    let lint =
        "\"${SELFSERVICE_PKILINT:-$HOME/.cache/smart-id-self-service/pkilint-0.13.3/bin}/lint_pkix_cert\"";
    let findings = run(dir.path(), &format!("{lint} lint -s NOTICE certificate || true"));
    // A test's server has an address that only this machine has.
    let mut findings = findings.lines().filter(|line| line.starts_with("    "));
    let local = "Invalid URI syntax: \"http://localhost:";
    assert!(findings.all(|finding| finding.contains(local)), "{findings:?}");

    phone.send_receipt(&phone.receipt().await).await.ok();
    let made = anna.process(process).await.mobile_id.unwrap();
    assert_eq!(made.summary.state, MobileIdState::Active);
    let issued = encryption_of(&made);
    assert_eq!(issued.serial, certificate.serial);
    for state in [issued.state_in_ca, issued.state_in_identity_manager] {
        assert_eq!(state, CertificateState::Valid);
    }
    let archived = records(&server, made.summary.id, Event::KeyArchived).await;
    assert_eq!(archived.len(), 1);
    assert!(archived[0].detail.contains(&certificate.serial));
    assert_eq!(
        (
            rows(&server, "archived_key").await,
            rows(&server, "sealed_key").await
        ),
        (1, 0)
    );
    let later = phone.enrollment().await.installation.unwrap();
    assert_eq!(sealed_of(&later).sealed, None, "the phone has it");
    for file in std::fs::read_dir(server.dir.path()).unwrap() {
        let path = file.unwrap().path();
        let octets = if path.is_file() {
            std::fs::read(&path).unwrap()
        } else {
            vec![]
        };
        let secret = secret(&unwrapped.pkcs8);
        let is_plain = octets.windows(32).any(|window| window == secret);
        assert!(!is_plain, "{}", path.display());
    }
    books_agree(&server).await;
}

#[expect(clippy::too_many_lines, reason = "one journey, told in one go")]
#[tokio::test]
async fn a_phone_sends_the_one_set_of_keys_that_is_wanted() {
    let server = server_with("").await;
    let anna = server.user("anna").await;
    let phone = server.phone();
    let (process, shown) = anna.open().await;
    phone.claim(&shown.short_code).await.ok();
    let own: Vec<_> = phone
        .keys
        .iter()
        .map(|key| (key.purpose, key.request()))
        .collect();
    let wanted = Some(&*phone.transport.spki);
    let with_encryption = |key: &Key| {
        let mut all = own.clone();
        all.push((Purpose::Encryption, key.request()));
        all
    };
    let extra = with_encryption(&Key::make(Purpose::Encryption));
    phone.send_all(&own, None).await.refused(Code::KeySetWrong);
    phone.send_all(&extra, None).await.refused(Code::KeySetWrong);
    phone.send_all(&extra, wanted).await.refused(Code::KeySetWrong);
    phone.send_all(&own[..1], wanted).await.refused(Code::KeySetWrong);
    let mut off_curve = phone.transport.spki.clone();
    *off_curve.last_mut().unwrap() ^= 1;
    let mut compressed = phone.transport.spki[..59].to_vec();
    for (at, octet) in [(1, 0x39), (24, 0x22), (26, 2)] {
        compressed[at] = octet;
    }
    let dir = tempfile::tempdir().unwrap();
    let made_by_openssl = |how: &str| {
        run(
            dir.path(),
            &format!("openssl genpkey {how} -out key && openssl pkey -in key -pubout -outform DER -out spki"),
        );
        std::fs::read(dir.path().join("spki")).unwrap()
    };
    for (spki, code) in [
        (
            made_by_openssl("-algorithm EC -pkeyopt ec_paramgen_curve:P-384"),
            Code::KeyTypeRefused,
        ),
        (
            made_by_openssl("-algorithm RSA -pkeyopt rsa_keygen_bits:3072"),
            Code::KeyTypeRefused,
        ),
        (made_by_openssl("-algorithm X25519"), Code::KeyTypeRefused),
        (compressed, Code::KeyTypeRefused),
        (off_curve, Code::KeyRequestMalformed),
        (b"x".to_vec(), Code::KeyRequestMalformed),
        (vec![], Code::KeyRequestMalformed),
        // One key, two places.
        (phone.keys[0].spki.clone(), Code::KeyUsedBefore),
    ] {
        phone.send_all(&own, Some(&spki)).await.refused(code);
    }
    assert_eq!(anna.process(process).await.state, ProcessState::Claimed);
    let accepted: KeysAccepted = phone.send_keys().await.json();
    assert_eq!(phone.send_keys().await.json::<KeysAccepted>(), accepted);
    let other = TransportKey::make();
    phone
        .send_all(&own, Some(&other.spki))
        .await
        .refused(Code::ActionNotPossible);

    let (bertil, second) = (server.user("bertil").await, server.phone());
    let (_, shown) = bertil.open().await;
    second.claim(&shown.short_code).await.ok();
    let theirs: Vec<_> = second
        .keys
        .iter()
        .map(|key| (key.purpose, key.request()))
        .collect();
    second
        .send_all(&theirs, wanted)
        .await
        .refused(Code::KeyUsedBefore);
}

#[tokio::test]
async fn a_transport_key_that_nobody_wants_is_refused() {
    let server = Server::start().await;
    let (anna, phone) = (server.user("anna").await, server.phone());
    let (_, shown) = anna.open().await;
    let claimed: Claimed = phone.claim(&shown.short_code).await.json();
    assert!(!claimed.transport_key);
    let own: Vec<_> = phone
        .keys
        .iter()
        .map(|key| (key.purpose, key.request()))
        .collect();
    let unwanted = Some(&*phone.transport.spki);
    phone.send_all(&own, unwanted).await.refused(Code::KeySetWrong);
    phone.send_keys().await.ok();
}

/// The pairing code stands for the transport key too: one that was exchanged on the way gives another.
#[tokio::test]
async fn another_transport_key_gives_another_pairing_code() {
    let server = server_with("").await;
    let (anna, phone, thief) = (server.user("anna").await, server.phone(), server.phone());
    let (process, shown) = anna.open().await;
    let code = url::page::activation_code(&shown.link);
    phone.claim(code).await.ok();
    let own: Vec<_> = phone
        .keys
        .iter()
        .map(|key| (key.purpose, key.request()))
        .collect();
    let exchanged = phone.send_all(&own, Some(&thief.transport.spki)).await.json();
    let problem = anna.pair(process, &phone.pairing_code(code, &exchanged)).await;
    problem.refused(Code::PairingCodeWrong);
    assert_eq!(rows(&server, "archived_key").await, 0);
}

#[tokio::test]
async fn a_receipt_without_the_right_proof_changes_nothing() {
    let server = server_with("").await;
    let (anna, phone) = (server.user("anna").await, server.phone());
    let (process, _) = confirmed(&anna, &phone).await;
    let right = phone.receipt().await;
    let proof = right.proofs[0].clone();
    let foreign = KeyProof {
        serial: format!("4F{}", "AB".repeat(19)),
        ..proof.clone()
    };
    let wrong = |answer: &[u8]| KeyProof {
        answer: protocol::encode(answer),
        ..proof.clone()
    };
    for proofs in [
        vec![],
        vec![foreign.clone()],
        vec![proof.clone(), foreign],
        vec![proof.clone(), proof.clone()],
        vec![wrong(&[7; 32])],
        vec![wrong(&[])],
        vec![wrong(&protocol::decode(&proof.answer).unwrap()[..31])],
        vec![KeyProof {
            answer: "!".into(),
            ..proof.clone()
        }],
    ] {
        let told = format!("{proofs:?}");
        let receipt = Receipt {
            proofs,
            ..right.clone()
        };
        let answer = phone.send_receipt(&receipt).await;
        assert_eq!(
            answer.refused(Code::ReceiptWrong).code,
            Code::ReceiptWrong,
            "{told}"
        );
    }
    let waits = anna.process(process).await;
    assert_eq!(waits.state, ProcessState::Confirmed);
    assert_eq!(
        encryption_of(&waits.mobile_id.unwrap()).state_in_ca,
        CertificateState::Issued
    );
    phone.send_receipt(&right).await.ok();
    phone.send_receipt(&right).await.ok();
    assert_eq!(anna.process(process).await.state, ProcessState::Completed);
}

#[tokio::test]
async fn a_seal_opens_for_its_phone_its_mobile_id_and_its_certificate_and_whole() {
    let server = server_with("").await;
    let (anna, phone, other) = (server.user("anna").await, server.phone(), server.phone());
    let (_, first) = confirmed(&anna, &phone).await;
    let certificate = sealed_of(&first);
    let opens = |phone: &Phone, mobile_id, certificate: &InstalledCertificate| {
        phone.transport.unwrap(mobile_id, certificate).is_some()
    };
    assert!(opens(&phone, first.mobile_id, &certificate));
    assert!(!opens(&other, first.mobile_id, &certificate), "another phone");
    assert!(!opens(&phone, Uuid::nil(), &certificate), "another mobile ID");
    let renamed = InstalledCertificate {
        serial: first.certificates[0].serial.clone(),
        ..certificate.clone()
    };
    assert!(!opens(&phone, first.mobile_id, &renamed), "another certificate");
    for field in 0..3 {
        let mut altered = certificate.clone();
        let sealed = altered.sealed.as_mut().unwrap();
        let text = [
            &mut sealed.encapsulated,
            &mut sealed.ciphertext,
            &mut sealed.challenge,
        ];
        let text = text.into_iter().nth(field).unwrap();
        let mut octets = protocol::decode(text).unwrap();
        *octets.last_mut().unwrap() ^= 1;
        *text = protocol::encode(&octets);
        assert!(!opens(&phone, first.mobile_id, &altered), "field {field}");
    }
    // What was sealed once, replayed to the same phone's next enrollment.
    phone.send_receipt(&phone.receipt().await).await.ok();
    let next = server.phone();
    let (_, second) = confirmed(&anna, &next).await;
    let replayed = InstalledCertificate {
        serial: sealed_of(&second).serial,
        ..certificate
    };
    assert!(!opens(&phone, second.mobile_id, &replayed));
}

#[tokio::test]
async fn a_phone_that_vanishes_before_its_receipt_leaves_archive_and_states_agreed_and_a_retry_works() {
    let server = server_with("").await;
    let (anna, phone) = (server.user("anna").await, server.phone());
    let (process, installation) = confirmed(&anna, &phone).await;
    assert_eq!(phone.unwrapped(&installation).len(), 1);
    // It comes back in time, and finds the same.
    assert_eq!(phone.enrollment().await.installation.unwrap(), installation);
    server.later(Duration::minutes(11));
    assert_eq!(server.sweep().await, 1);
    let ended = anna.process(process).await;
    assert_eq!(ended.ending, Some(Ending::ReceiptMissing));
    let left = ended.mobile_id.unwrap();
    assert_eq!(left.summary.state, MobileIdState::Registered);
    for state in [
        encryption_of(&left).state_in_ca,
        encryption_of(&left).state_in_identity_manager,
    ] {
        assert_eq!(state, CertificateState::Revoked);
    }
    assert_eq!(
        (
            rows(&server, "archived_key").await,
            rows(&server, "sealed_key").await
        ),
        (1, 0)
    );
    books_agree(&server).await;
    assert!(phone.enrollment().await.installation.is_none());

    let anna = server.signed_in("anna").await;
    let made = enroll(&anna, &server.phone()).await;
    assert_eq!(encryption_of(&made).state_in_ca, CertificateState::Valid);
    assert_eq!(rows(&server, "archived_key").await, 2);
    books_agree(&server).await;
}

#[tokio::test]
async fn each_end_takes_the_sealed_keys_with_it() {
    let server = server_with("").await;
    let (anna, phone) = (server.user("anna").await, server.phone());
    let (process, _) = confirmed(&anna, &phone).await;
    assert_eq!(rows(&server, "sealed_key").await, 1);
    anna.cancel(process).await.ok();
    assert_eq!(rows(&server, "sealed_key").await, 0);
    books_agree(&server).await;
}

/// Whoever has to choose a certificate that is optional, and does.
#[tokio::test]
async fn what_the_user_leaves_out_wants_no_transport_key() {
    let server = server_with("userSelectsCertificates = true;\n").await;
    let (anna, phone) = (server.user("anna").await, server.phone());
    let started = anna.start().await;
    let body = serde_json::json!({ "step": "introduction", "certificates": ["authentication", "signature"] });
    let answer: Answer = anna.post(&api::process_next(started.id), body).await;
    let shown = answer.json::<shared::api::ProcessView>().activation.unwrap();
    let claimed: Claimed = phone.claim(&shown.code.unwrap().short_code).await.json();
    assert!(!claimed.transport_key);
}
