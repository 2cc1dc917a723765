//! The recovery keys in a token, beside the CA's keys in another of the same maker.

use std::{fs, path::Path};

use cryptoki::object::{Attribute, AttributeType, ObjectClass};
use rcgen::SigningKey as _;
use server::{
    archive::{Archive, ArchiveError, Config, EncryptionKey, Sealed},
    ca::{Curve, KeyPlace, Owner, TokenAccess},
};
use shared::api::KeyType;
use uuid::Uuid;

use super::{
    keys::{open, session, start_anew},
    soft_hsm::{LABEL, MODULE, PIN, SoftHsm},
};
use crate::program::Server;

const USER: Uuid = Uuid::max();
const TOKEN: &str = "archive";

fn archive(dir: &Path, token: &str, in_use: &[String]) -> Archive {
    let access = TokenAccess {
        owner: Owner::Archive,
        module: MODULE.into(),
        token: token.to_owned(),
        pin: PIN.into(),
    };
    let config = Config {
        keys: KeyPlace::Token(access),
        dir: dir.to_owned(),
        key_type: KeyType::P256,
    };
    Archive::new(config, in_use)
}

#[test]
fn keys_are_sealed_to_a_token_and_opened_in_it_and_rotated() {
    let test = "hsm::archive::keys_are_sealed_to_a_token_and_opened_in_it_and_rotated";
    let Some(_hsm) = SoftHsm::in_own_process(test) else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let ours = archive(dir.path(), LABEL, &[]);
    ours.check().unwrap();
    let key = EncryptionKey::make(KeyType::Rsa3072).unwrap();
    let old = ours.seal(USER, "0A", &key).unwrap();
    let in_use = [old.recovery_key.clone()];
    assert_eq!(ours.open(USER, "0A", &old).unwrap().spki(), key.spki());
    assert!(matches!(
        ours.open(USER, "0B", &old),
        Err(ArchiveError::Damaged { .. })
    ));
    // What is no point on the curve never reaches the token, which would take it for its own fault.
    let mut beside = old.clone();
    beside.octets[64] ^= 1;
    assert!(matches!(
        ours.open(USER, "0A", &beside),
        Err(ArchiveError::Damaged { .. })
    ));
    let made = archive(dir.path(), LABEL, &in_use)
        .make_recovery_key(&in_use)
        .unwrap();
    assert_eq!(
        made.place,
        format!("the key \"recovery-2\" in the token {LABEL:?}")
    );
    let new = ours.seal_anew(USER, "0A", &old).unwrap();
    assert_eq!(new.recovery_key, made.name);
    for sealed in [&old, &new] {
        assert_eq!(ours.open(USER, "0A", sealed).unwrap().spki(), key.spki());
    }
    let private = [
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::Label(b"recovery-2".to_vec()),
    ];
    let session = session();
    let key = session.find_objects(&private).unwrap()[0];
    let held = [
        Attribute::Sensitive(true),
        Attribute::NeverExtractable(true),
        Attribute::Derive(true),
        Attribute::Sign(false),
    ];
    let kinds: Vec<AttributeType> = held.iter().map(Attribute::attribute_type).collect();
    assert_eq!(session.get_attributes(key, &kinds).unwrap(), held);
    let secrets = session
        .find_objects(&[Attribute::Class(ObjectClass::SECRET_KEY)])
        .unwrap();
    assert!(secrets.is_empty(), "what was agreed on is forgotten");
}

/// One module serves both, and whoever starts it anew does so for both.
#[test]
fn the_ca_and_the_archive_use_one_module_side_by_side() {
    let test = "hsm::archive::the_ca_and_the_archive_use_one_module_side_by_side";
    let Some(hsm) = SoftHsm::in_own_process(test) else {
        return;
    };
    hsm.add_token(TOKEN);
    let dir = tempfile::tempdir().unwrap();
    let ca = open(LABEL, PIN).unwrap();
    let issuing = ca.create("issuing", Curve::P256).unwrap();
    let ours = archive(dir.path(), TOKEN, &[]);
    let key = EncryptionKey::make(KeyType::P256).unwrap();
    let sealed = ours.seal(USER, "0A", &key).unwrap();
    let both_work = |sealed: &Sealed| {
        assert_eq!(ours.open(USER, "0A", sealed).unwrap().spki(), key.spki());
        issuing.sign(b"message").unwrap();
    };
    both_work(&sealed);
    start_anew();
    both_work(&sealed);
    let away = hsm.tokens().with_extension("away");
    fs::rename(hsm.tokens(), &away).unwrap();
    start_anew();
    let error = ours.check().unwrap_err().to_string();
    assert!(error.contains("libsofthsm2.so does not start"), "{error}");
    fs::rename(&away, hsm.tokens()).unwrap();
    both_work(&sealed);
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| (0..10).for_each(|_| both_work(&sealed)));
        }
    });
    drop(ca);
    assert!(
        ours.open(USER, "0A", &sealed).is_ok(),
        "the module stays for whoever is left"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_whose_archive_s_token_refuses_starts_and_says_why_and_not_the_pin() {
    let hsm = SoftHsm::new();
    hsm.add_token(TOKEN);
    let settings = hsm.settings();
    let mut settings: Vec<_> = settings.iter().map(|(name, value)| (*name, &**value)).collect();
    settings.extend([
        ("SELFSERVICE_ARCHIVE__PKCS11__MODULE", MODULE),
        ("SELFSERVICE_ARCHIVE__PKCS11__TOKEN", TOKEN),
        ("SELFSERVICE_ARCHIVE__PKCS11__PIN", PIN),
    ]);
    let mut server = Server::start_with(&settings).await;
    let said = server.say(&["archive", "show"]);
    assert!(
        said.contains("the key \"recovery-1\" in the token \"archive\""),
        "{said}"
    );
    assert!(!server.path("data/archive/recovery-1.key").exists());
    server.say(&["archive", "check"]);
    let said = server.say(&["archive", "rotate"]);
    assert!(said.contains("\"recovery-2\""), "{said}");
    server.kill();
    server.set("SELFSERVICE_ARCHIVE__PKCS11__PIN", "pin-999999");
    server.start_again().await;
    let (status, said) = server.try_to_say(&["archive", "check"]);
    assert!(
        !status.success() && said.contains("refuses the PIN (archive.pkcs11.pin)"),
        "{said}"
    );
    let log = server.log();
    assert!(log.contains("the key archive cannot be used"), "{log}");
    assert!(
        !log.contains("pin-999999") && !said.contains("pin-999999"),
        "{log}{said}"
    );
}
