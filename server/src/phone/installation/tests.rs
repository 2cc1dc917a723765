//! Every way in which a server could issue something else than what it was asked for.

use rcgen::{
    BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair, KeyUsagePurpose, SubjectPublicKeyInfo,
};
use shared::api::{InstalledCertificate, KeyType, Timestamp};
use time::OffsetDateTime;
use time::macros::datetime;
use uuid::Uuid;

use super::*;
use crate::phone::ecdh::EcdhKey;
use crate::phone::key::Key;

mod delivered;

const FROM: OffsetDateTime = datetime!(2026-01-01 00:00 UTC);
const UNTIL: OffsetDateTime = datetime!(2028-01-01 00:00 UTC);

struct Ca {
    key: KeyPair,
    params: CertificateParams,
    der: Vec<u8>,
}

fn params(name: &str, is_ca: bool) -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = rcgen::DistinguishedName::new();
    params.distinguished_name.push(rcgen::DnType::CommonName, name);
    (params.not_before, params.not_after) = (FROM, UNTIL);
    if is_ca {
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
    }
    params
}

fn ca(params: CertificateParams, issuer: Option<&Ca>) -> Ca {
    let key = KeyPair::generate().unwrap();
    let certificate = match issuer {
        None => params.self_signed(&key),
        Some(ca) => params.signed_by(&key, &Issuer::from_params(&ca.params, &ca.key)),
    };
    let der = certificate.unwrap().der().to_vec();
    Ca { key, params, der }
}

fn certificate(key: &Key, issuer: &Ca, params: &CertificateParams) -> InstalledCertificate {
    certified(key.purpose, &key.spki, issuer, params)
}

fn certified(purpose: Purpose, spki: &[u8], issuer: &Ca, params: &CertificateParams) -> InstalledCertificate {
    let spki = SubjectPublicKeyInfo::from_der(spki).unwrap();
    let signed = params
        .signed_by(&spki, &Issuer::from_params(&issuer.params, &issuer.key))
        .unwrap();
    let (_, parsed) = X509Certificate::from_der(signed.der()).unwrap();
    InstalledCertificate {
        purpose,
        serial: hex(parsed.raw_serial()),
        certificate: protocol::encode(signed.der()),
        sealed: None,
    }
}

fn user(purpose: Purpose) -> CertificateParams {
    let mut params = params("Anna", false);
    params.key_usages = vec![match purpose {
        Purpose::Authentication => KeyUsagePurpose::DigitalSignature,
        Purpose::Signature => KeyUsagePurpose::ContentCommitment,
        Purpose::Encryption => KeyUsagePurpose::KeyAgreement,
    }];
    params
}

struct World {
    root: Ca,
    issuing: Ca,
    keys: Keys,
    installation: Installation,
}

fn world() -> World {
    let root = ca(params("Root", true), None);
    let issuing = ca(params("Issuing", true), Some(&root));
    let own: Vec<Key> = [Purpose::Authentication, Purpose::Signature]
        .into_iter()
        .map(|purpose| Key::make(purpose).unwrap())
        .collect();
    let installation = Installation {
        mobile_id: Uuid::nil(),
        profile_name: "MobileID Anna".into(),
        server_name: "Smart ID".into(),
        user_id: "anna".into(),
        valid_until: Timestamp("2028-01-01T00:00:00Z".into()),
        certificates: own
            .iter()
            .map(|key| certificate(key, &issuing, &user(key.purpose)))
            .collect(),
        recovered: vec![],
        chain: [&issuing, &root].map(|ca| protocol::encode(&ca.der)).to_vec(),
    };
    World {
        root,
        issuing,
        keys: Keys {
            own,
            transport: Some(EcdhKey::make().unwrap()),
            stored: vec![],
        },
        installation,
    }
}

fn check(world: &World) -> Result<Installed, Fault> {
    Installed::check(&world.keys, &world.installation)
}

fn fault(world: &World) -> Option<Fault> {
    check(world).err()
}

#[test]
fn what_was_asked_for_is_taken_in_any_order() {
    let mut world = world();
    let installed = check(&world).unwrap();
    assert_eq!(installed.certificates.len(), 2);
    assert_eq!(
        installed.chain,
        [world.issuing.der.clone(), world.root.der.clone()]
    );
    world.installation.certificates.reverse();
    assert_eq!(check(&world).unwrap().certificates[0].0, Purpose::Signature);
}

#[test]
fn a_certificate_over_another_key_is_refused() {
    let mut world = world();
    let theirs = Key::make(Purpose::Signature).unwrap();
    world.installation.certificates[1] = certificate(&theirs, &world.issuing, &user(Purpose::Signature));
    assert_eq!(fault(&world), Some(Fault::ForeignKey));
}

#[test]
fn swapped_purposes_are_refused() {
    let mut world = world();
    world.installation.certificates[0].purpose = Purpose::Signature;
    world.installation.certificates[1].purpose = Purpose::Authentication;
    assert_eq!(fault(&world), Some(Fault::ForeignKey));
}

#[test]
fn one_certificate_too_few_or_too_many_is_refused() {
    let full = world().installation.certificates;
    for certificates in [
        vec![],
        full[..1].to_vec(),
        [full.clone(), full[..1].to_vec()].concat(),
        vec![full[0].clone(), full[0].clone()],
    ] {
        let mut world = world();
        world.installation.certificates = certificates;
        assert_eq!(fault(&world), Some(Fault::WrongSet));
    }
}

#[test]
fn a_wrong_serial_number_or_usage_is_refused() {
    let mut wrong = world();
    wrong.installation.certificates[0].serial.push('0');
    assert_eq!(fault(&wrong), Some(Fault::WrongSerial));

    let mut wrong = world();
    let key = &wrong.keys.own[0];
    wrong.installation.certificates[0] = certificate(key, &wrong.issuing, &user(Purpose::Signature));
    assert_eq!(fault(&wrong), Some(Fault::WrongUsage));

    let mut wrong = world();
    let key = &wrong.keys.own[0];
    let mut authority = user(Purpose::Authentication);
    authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    wrong.installation.certificates[0] = certificate(key, &wrong.issuing, &authority);
    assert_eq!(fault(&wrong), Some(Fault::WrongUsage));
}

#[test]
fn a_chain_that_does_not_lead_to_a_root_is_refused() {
    let other = world();
    let chains = |world: &World| {
        let [ours, theirs] = [world, &other].map(|world| {
            let [issuing, root] = [&world.issuing, &world.root].map(|ca| protocol::encode(&ca.der));
            (issuing, root)
        });
        let user = world.installation.certificates[0].certificate.clone();
        [
            vec![],
            vec![ours.0.clone()],
            vec![ours.1.clone()],
            vec![ours.1.clone(), ours.0.clone()],
            vec![ours.0.clone(), theirs.1.clone()],
            vec![theirs.0, theirs.1],
            vec![user, ours.0, ours.1],
        ]
    };
    for chain in chains(&world()).into_iter().enumerate().map(|(at, _)| at) {
        let mut world = world();
        world.installation.chain = chains(&world)[chain].clone();
        assert_eq!(fault(&world), Some(Fault::BrokenChain), "{chain}");
    }
}

#[test]
fn a_link_of_the_chain_that_may_not_sign_or_that_is_outlived_is_refused() {
    let mut faulty = params("Issuing", true);
    faulty.key_usages = vec![KeyUsagePurpose::CrlSign];
    let mut short = params("Issuing", true);
    short.not_after = datetime!(2027-01-01 00:00 UTC);
    for params in [params("Issuing", false), faulty, short] {
        let mut world = world();
        let issuing = ca(params, Some(&world.root));
        // rcgen itself refuses to sign under a name that may not: signed by the same key under a sound name.
        let signer = Ca {
            params: self::params("Issuing", true),
            key: issuing.key,
            der: issuing.der,
        };
        world.installation.certificates = world
            .keys
            .own
            .iter()
            .map(|key| certificate(key, &signer, &user(key.purpose)))
            .collect();
        world.installation.chain[0] = protocol::encode(&signer.der);
        assert_eq!(fault(&world), Some(Fault::BrokenChain));
    }
}

#[test]
fn garbage_is_refused() {
    for (certificate, chain) in [("*", ""), ("", "*"), ("MAA", ""), ("", "MAA")] {
        let mut world = world();
        if !certificate.is_empty() {
            world.installation.certificates[0].certificate = certificate.into();
        }
        if !chain.is_empty() {
            world.installation.chain[1] = chain.into();
        }
        assert_eq!(fault(&world), Some(Fault::Unreadable));
    }
}
