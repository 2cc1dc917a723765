//! The key store itself, in a process of its own for each test.

use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::time::{Duration, Instant};

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ECDSA_P384_SHA384_ASN1, UnparsedPublicKey};
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::object::{Attribute, AttributeInfo, AttributeType, ObjectClass};
use cryptoki::session::{Session, UserType};
use rcgen::{PublicKeyData, SigningKey};
use server::ca::{Curve, Key, KeyPlace, KeyStore, KeyStoreError, Owner, TokenAccess, open_keys};

use super::soft_hsm::{LABEL, MODULE, PIN, SO_PIN, SoftHsm};

pub fn open(token: &str, pin: &str) -> Result<Box<dyn KeyStore>, KeyStoreError> {
    let access = TokenAccess {
        owner: Owner::Ca,
        module: MODULE.into(),
        token: token.to_owned(),
        pin: pin.into(),
    };
    open_keys(&KeyPlace::Token(access), Path::new("/nowhere"), Owner::Ca)
}

fn refusal<T>(result: Result<T, KeyStoreError>) -> String {
    result.err().expect("it is refused").to_string()
}

/// The same module once more: what it does, it does to the whole process.
fn module() -> Pkcs11 {
    let module = Pkcs11::new(MODULE).unwrap();
    // It is initialised already where a store is open.
    let _ = module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK));
    module
}

pub fn session() -> Session {
    let module = module();
    let slot = module.get_slots_with_initialized_token().unwrap()[0];
    module.open_rw_session(slot).unwrap()
}

/// Every session ends; the module looks anew which tokens there are.
pub fn start_anew() {
    module().finalize().unwrap();
    module();
}

fn verify(key: &Key, message: &[u8], signature: &[u8]) {
    let algorithm = if key.der_bytes().len() == 65 {
        &ECDSA_P256_SHA256_ASN1
    } else {
        &ECDSA_P384_SHA384_ASN1
    };
    let public = UnparsedPublicKey::new(algorithm, key.der_bytes());
    public.verify(message, signature).unwrap();
}

fn signs(key: &Key) {
    verify(key, b"message", &key.sign(b"message").unwrap());
}

#[test]
fn a_key_is_made_once_and_found_again_and_openssl_takes_what_it_signs() {
    let Some(_hsm) = SoftHsm::in_own_process(
        "hsm::keys::a_key_is_made_once_and_found_again_and_openssl_takes_what_it_signs",
    ) else {
        return;
    };
    for (name, curve, hash) in [
        ("root", Curve::P384, "-sha384"),
        ("issuing", Curve::P256, "-sha256"),
        ("issuing-2", Curve::P256, "-sha256"),
    ] {
        let store = open(LABEL, PIN).unwrap();
        assert!(store.lookup(name).unwrap().is_none());
        let made = store.create(name, curve).unwrap();
        let again = refusal(store.create(name, curve));
        assert!(again.contains("already, which is never replaced"), "{again}");
        let found = store.lookup(name).unwrap().unwrap();
        assert_eq!(made.subject_public_key_info(), found.subject_public_key_info());
        assert_eq!(
            store.place(name),
            format!("the key {name:?} in the token {LABEL:?}")
        );
        let dir = tempfile::tempdir().unwrap();
        for (file, octets) in [
            ("key.der", made.subject_public_key_info()),
            ("message", b"message".to_vec()),
            ("signature", found.sign(b"message").unwrap()),
        ] {
            std::fs::write(dir.path().join(file), octets).unwrap();
        }
        let mut openssl = std::process::Command::new("openssl");
        openssl.args([
            "dgst",
            hash,
            "-keyform",
            "DER",
            "-verify",
            "key.der",
            "-signature",
            "signature",
        ]);
        let output = openssl.arg("message").current_dir(dir.path()).output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

#[test]
fn no_key_leaves_the_token() {
    let Some(_hsm) = SoftHsm::in_own_process("hsm::keys::no_key_leaves_the_token") else {
        return;
    };
    let store = open(LABEL, PIN).unwrap();
    store.create("root", Curve::P384).unwrap();
    let session = session();
    let private = [
        Attribute::Class(ObjectClass::PRIVATE_KEY),
        Attribute::Label(b"root".to_vec()),
    ];
    let key = session.find_objects(&private).unwrap()[0];
    let shown = session.get_attributes(key, &[AttributeType::Value]).unwrap();
    assert!(shown.is_empty(), "the private value is shown");
    let info = session.get_attribute_info(key, &[AttributeType::Value]).unwrap();
    assert!(matches!(info[0], AttributeInfo::Sensitive), "{info:?}");
    let held = [
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(true),
        Attribute::Extractable(false),
        Attribute::AlwaysSensitive(true),
        Attribute::NeverExtractable(true),
        Attribute::Local(true),
    ];
    let kinds: Vec<_> = held.iter().map(Attribute::attribute_type).collect();
    assert_eq!(session.get_attributes(key, &kinds).unwrap(), held);
    for weaker in [Attribute::Sensitive(false), Attribute::Extractable(true)] {
        assert!(session.update_attributes(key, &[weaker]).is_err());
    }
}

#[test]
fn many_threads_sign_side_by_side() {
    let Some(_hsm) = SoftHsm::in_own_process("hsm::keys::many_threads_sign_side_by_side") else {
        return;
    };
    let store = open(LABEL, PIN).unwrap();
    let keys = [
        store.create("root", Curve::P384).unwrap(),
        store.create("issuing", Curve::P256).unwrap(),
    ];
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let keys = &keys;
            scope.spawn(move || {
                for n in 0..25 {
                    let (key, message) = (&keys[n % 2], format!("{thread} {n}"));
                    verify(key, message.as_bytes(), &key.sign(message.as_bytes()).unwrap());
                }
            });
        }
    });
}

#[test]
fn a_session_that_died_is_opened_anew() {
    let Some(hsm) = SoftHsm::in_own_process("hsm::keys::a_session_that_died_is_opened_anew") else {
        return;
    };
    let store = open(LABEL, PIN).unwrap();
    let key = store.create("issuing", Curve::P256).unwrap();
    signs(&key);
    session().logout().unwrap();
    signs(&key);
    start_anew();
    signs(&key);
    // The token goes away and comes back.
    let away = hsm.tokens().with_extension("away");
    std::fs::rename(hsm.tokens(), &away).unwrap();
    std::fs::create_dir(hsm.tokens()).unwrap();
    start_anew();
    assert!(key.sign(b"message").is_err());
    let said = refusal(store.lookup("issuing"));
    assert!(said.contains("there is no token \"selfservice\""), "{said}");
    assert!(said.contains("shows no token at all"), "{said}");
    std::fs::remove_dir(hsm.tokens()).unwrap();
    std::fs::rename(&away, hsm.tokens()).unwrap();
    signs(&key);
}

#[test]
fn threads_that_sign_while_the_token_goes_and_comes_find_it_again() {
    let Some(hsm) =
        SoftHsm::in_own_process("hsm::keys::threads_that_sign_while_the_token_goes_and_comes_find_it_again")
    else {
        return;
    };
    let store = open(LABEL, PIN).unwrap();
    let key = store.create("issuing", Curve::P256).unwrap();
    let (signed, refused, done) = (AtomicU32::new(0), AtomicU32::new(0), AtomicBool::new(false));
    let until = |count: &AtomicU32, enough: u32| {
        let began_at = Instant::now();
        while count.load(Ordering::Relaxed) < enough {
            let in_time = began_at.elapsed() < Duration::from_secs(30);
            done.fetch_or(!in_time, Ordering::Relaxed);
            assert!(in_time, "no way back");
            std::thread::yield_now();
        }
    };
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                while !done.load(Ordering::Relaxed) {
                    match key.sign(b"message") {
                        Ok(signature) => {
                            verify(&key, b"message", &signature);
                            signed.fetch_add(1, Ordering::Relaxed)
                        }
                        Err(_) => refused.fetch_add(1, Ordering::Relaxed),
                    };
                }
            });
        }
        let away = hsm.tokens().with_extension("away");
        for _ in 0..3 {
            signed.store(0, Ordering::Relaxed);
            until(&signed, 100);
            refused.store(0, Ordering::Relaxed);
            std::fs::rename(hsm.tokens(), &away).unwrap();
            until(&refused, 8);
            std::fs::rename(&away, hsm.tokens()).unwrap();
        }
        signed.store(0, Ordering::Relaxed);
        until(&signed, 200);
        done.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_pin_that_was_refused_is_not_tried_again() {
    let Some(_hsm) = SoftHsm::in_own_process("hsm::keys::a_pin_that_was_refused_is_not_tried_again") else {
        return;
    };
    let wrong = refusal(open(LABEL, "wrong"));
    assert!(wrong.contains("refuses the PIN (ca.pkcs11.pin)"), "{wrong}");
    assert!(wrong.contains("Wrong tries are counted"), "{wrong}");
    let store = open(LABEL, PIN).unwrap();
    let key = store.create("issuing", Curve::P256).unwrap();
    let change = |from: &str, to: &str| {
        start_anew();
        let session = session();
        session.login(UserType::User, Some(&from.into())).unwrap();
        session.set_pin(&from.into(), &to.into()).unwrap();
        session.logout().unwrap();
    };
    change(PIN, "changed");
    assert!(key.sign(b"message").is_err());
    // It would be right again, and is not tried.
    change("changed", PIN);
    assert!(refusal(store.lookup("issuing")).contains("refuses the PIN"));
    drop((store, key));
    signs(&open(LABEL, PIN).unwrap().lookup("issuing").unwrap().unwrap());
}

#[test]
fn a_token_that_does_not_fit_is_refused_with_its_reason() {
    let Some(hsm) =
        SoftHsm::in_own_process("hsm::keys::a_token_that_does_not_fit_is_refused_with_its_reason")
    else {
        return;
    };
    let said = refusal(open("elsewhere", PIN));
    assert!(said.contains("there is no token \"elsewhere\""), "{said}");
    assert!(said.contains("there are \"selfservice\""), "{said}");
    let fresh = module();
    let slots = fresh.get_slots_with_token().unwrap();
    fresh
        .init_token(*slots.last().unwrap(), &SO_PIN.into(), "no-pin")
        .unwrap();
    fresh.finalize().unwrap();
    assert!(refusal(open("no-pin", PIN)).contains("has no user PIN yet"));
    hsm.add_token(LABEL);
    let said = refusal(open(LABEL, PIN));
    assert!(said.contains("2 tokens are called \"selfservice\""), "{said}");
}

#[test]
fn a_key_that_does_not_fit_is_refused_with_its_reason() {
    let Some(hsm) = SoftHsm::in_own_process("hsm::keys::a_key_that_does_not_fit_is_refused_with_its_reason")
    else {
        return;
    };
    let dir = tempfile::tempdir().unwrap();
    let key_file = |name: &str, options: &[&str]| {
        let path = dir.path().join(name);
        let mut openssl = std::process::Command::new("openssl");
        openssl.arg("genpkey").args(options).arg("-out").arg(&path);
        assert!(openssl.output().unwrap().status.success());
        path
    };
    let p256 = key_file(
        "p256",
        &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    );
    let p521 = key_file(
        "p521",
        &["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-521"],
    );
    let rsa = key_file("rsa", &["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]);
    hsm.import(&p256, "good", "01", &[]);
    hsm.import(&p521, "p521", "02", &[]);
    hsm.import(&rsa, "rsa", "03", &[]);
    hsm.import(&p256, "half", "04", &["--no-public-key"]);
    hsm.import(&p256, "twice", "05", &[]);
    hsm.import(&p256, "twice", "06", &[]);
    let store = open(LABEL, PIN).unwrap();
    signs(&store.lookup("good").unwrap().unwrap());
    for (name, says) in [
        ("p521", "is no key for P-256 or P-384"),
        ("rsa", "is no key for P-256 or P-384"),
        ("half", "but not the public key of the same label and CKA_ID"),
        ("twice", "holds 2 private keys \"twice\""),
    ] {
        let said = refusal(store.lookup(name));
        assert!(said.contains(says), "{said}");
    }
    // What was refused has closed the store's session, and with its last session a program is logged out.
    let session = session();
    session.login(UserType::User, Some(&PIN.into())).unwrap();
    let readable = [
        Attribute::Token(true),
        Attribute::Private(true),
        Attribute::Sensitive(false),
        Attribute::Extractable(true),
        Attribute::Sign(true),
        Attribute::Label(b"readable".to_vec()),
    ];
    let curve = Attribute::EcParams(vec![6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7]);
    let public = [
        Attribute::Token(true),
        Attribute::Label(b"readable".to_vec()),
        curve,
    ];
    let mechanism = cryptoki::mechanism::Mechanism::EccKeyPairGen;
    session.generate_key_pair(&mechanism, &public, &readable).unwrap();
    let said = refusal(store.lookup("readable"));
    assert!(said.contains("could be read out of the token"), "{said}");
}

#[test]
fn half_a_pair_that_a_killed_start_left_is_made_whole() {
    let Some(_hsm) = SoftHsm::in_own_process("hsm::keys::half_a_pair_that_a_killed_start_left_is_made_whole")
    else {
        return;
    };
    let store = open(LABEL, PIN).unwrap();
    let lost = store.create("issuing", Curve::P256).unwrap();
    signs(&lost);
    let session = session();
    let both = [Attribute::Label(b"issuing".to_vec())];
    let private = [both.as_slice(), &[Attribute::Class(ObjectClass::PRIVATE_KEY)]].concat();
    session
        .destroy_object(session.find_objects(&private).unwrap()[0])
        .unwrap();
    assert_eq!(session.find_objects(&both).unwrap().len(), 1);
    assert!(lost.sign(b"message").is_err());
    assert!(store.lookup("issuing").unwrap().is_none());
    signs(&store.create("issuing", Curve::P256).unwrap());
    assert_eq!(session.find_objects(&both).unwrap().len(), 2);
}
