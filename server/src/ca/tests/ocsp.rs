//! OCSP, with openssl on the other side.

use super::super::{
    Reason,
    ocsp::{Asked, OcspRefusal, Responder, Status},
};
use super::*;

struct Asking {
    ca: Ca,
    responder: Responder,
    serial: Serial,
}

impl Asking {
    fn new() -> Self {
        let ca = Ca::new();
        let serial = Serial::from_random(chance::octets().unwrap());
        let responder = ca.newest().certify_responder(serial, NOW).unwrap();
        fs::write(ca.path("issuing.der"), ca.newest().der()).unwrap();
        ca.pem("root.der");
        ca.pem("issuing.der");
        Self {
            ca,
            responder,
            serial: Serial::from_random(chance::octets().unwrap()),
        }
    }

    /// A request as openssl makes it.
    fn request(&self, more: &[&str]) -> Vec<u8> {
        let file = self.ca.path("request.der");
        let (issuer, serial) = (self.ca.path("issuing.pem"), format!("0x{}", self.serial));
        let mut args = vec![arg("ocsp"), arg("-reqout"), file.as_os_str()];
        args.extend(more.iter().map(OsStr::new));
        args.extend([arg("-issuer"), issuer.as_os_str(), arg("-serial"), arg(&serial)]);
        openssl(args);
        fs::read(file).unwrap()
    }

    /// What openssl makes of the answer to its own request.
    fn judged(&self, request: &[u8], hash: &str, status: Status) -> String {
        let asked = self.ca.authority.read_ocsp(request).unwrap();
        assert_eq!(asked.serials().collect::<Vec<_>>(), [Some(self.serial)]);
        let response = self.responder.answer(&asked, &[status], NOW).unwrap();
        lint("lint_ocsp_response", &[], &self.ca.file("answer.der", &response));
        let (root, issuing) = (self.ca.path("root.pem"), self.ca.path("issuing.pem"));
        let (request, response) = (
            self.ca.file("asked.der", request),
            self.ca.file("response.der", &response),
        );
        let at = NOW.unix_timestamp().to_string();
        let serial = format!("0x{}", self.serial);
        let output = Command::new("openssl")
            .args(["ocsp", "-reqin"])
            .arg(request)
            .arg("-respin")
            .arg(response)
            .arg("-issuer")
            .arg(&issuing)
            .args([hash, "-serial", &serial, "-attime", &at, "-no_nonce", "-CAfile"])
            .arg(root)
            .arg("-verify_other")
            .arg(issuing)
            // Its own clock is not the answer's.
            .args(["-validity_period", "999999999", "-resp_text"])
            .output()
            .unwrap();
        let said = format!(
            "{}{}",
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
        assert!(output.status.success(), "{said}");
        assert!(said.contains("Response verify OK"), "{said}");
        said
    }
}

#[test]
fn openssl_believes_each_status_with_either_hash() {
    let asking = Asking::new();
    let revoked = |reason| Status::Revoked { at: NOW, reason };
    for hash in ["-sha1", "-sha256"] {
        let request = asking.request(&[hash, "-no_nonce"]);
        for (status, words) in [
            (Status::Good, ": good"),
            (Status::Unknown, ": unknown"),
            (revoked(Reason::KeyCompromise), "keyCompromise"),
            (revoked(Reason::Superseded), "superseded"),
            (revoked(Reason::CessationOfOperation), "cessationOfOperation"),
            (revoked(Reason::CertificateHold), "certificateHold"),
            (revoked(Reason::Unspecified), ": revoked"),
        ] {
            let said = asking.judged(&request, hash, status);
            assert!(said.contains(words), "{hash} {status:?}: {said}");
        }
    }
}

#[test]
fn a_nonce_comes_back_and_makes_the_answer_one_reader_s_own() {
    let asking = Asking::new();
    let with = asking.request(&["-nonce"]);
    let asked = asking.ca.authority.read_ocsp(&with).unwrap();
    assert!(asked.has_nonce());
    assert_eq!(asked.shared_key(), None);
    let said = asking.judged(&with, "-sha1", Status::Good);
    assert!(said.contains("OCSP Nonce"), "{said}");
    let without = asking
        .ca
        .authority
        .read_ocsp(&asking.request(&["-no_nonce"]))
        .unwrap();
    assert!(!without.has_nonce() && without.shared_key().is_some());
}

#[test]
fn another_ca_s_certificate_is_not_answered_for() {
    let (asking, other) = (Asking::new(), Asking::new());
    let request = other.request(&["-no_nonce"]);
    assert_eq!(
        asking.ca.authority.read_ocsp(&request),
        Err(OcspRefusal::Unauthorized)
    );
    // SHA-512 names nothing that we could compare.
    let request = asking.request(&["-sha512", "-no_nonce"]);
    assert_eq!(
        asking.ca.authority.read_ocsp(&request),
        Err(OcspRefusal::Unauthorized)
    );
}

#[test]
fn a_serial_number_that_no_certificate_of_ours_can_have_is_unknown() {
    let asking = Asking::new();
    let issuer = asking.ca.path("issuing.pem");
    let file = asking.ca.path("small.der");
    openssl([
        arg("ocsp"),
        arg("-reqout"),
        file.as_os_str(),
        arg("-no_nonce"),
        arg("-issuer"),
        issuer.as_os_str(),
        arg("-serial"),
        arg("5"),
    ]);
    let asked = asking.ca.authority.read_ocsp(&fs::read(file).unwrap()).unwrap();
    assert_eq!(asked.serials().collect::<Vec<_>>(), [None]);
    assert!(asking.responder.answer(&asked, &[Status::Unknown], NOW).is_ok());
}

#[test]
fn what_is_no_request_is_refused_whatever_was_changed_or_cut_off() {
    let asking = Asking::new();
    let whole = asking.request(&["-nonce"]);
    let read = |octets: &[u8]| asking.ca.authority.read_ocsp(octets);
    for cut in 0..whole.len() {
        assert_eq!(read(&whole[..cut]), Err(OcspRefusal::Malformed), "{cut}");
    }
    let longer: Vec<u8> = whole.iter().copied().chain([0]).collect();
    assert_eq!(read(&longer), Err(OcspRefusal::Malformed));
    // Whatever one octet becomes, the answer is a request or a refusal, and never a panic.
    for at in 0..whole.len() {
        for value in [0, 1, 0x7f, 0x80, 0xff] {
            let mut changed = whole.clone();
            changed[at] = value;
            let _: Result<Asked, OcspRefusal> = read(&changed);
        }
    }
    for (refusal, code) in [
        (OcspRefusal::Malformed, 1),
        (OcspRefusal::Internal, 2),
        (OcspRefusal::TryLater, 3),
        (OcspRefusal::Unauthorized, 6),
    ] {
        assert_eq!(refusal.response(), [0x30, 3, 0x0a, 1, code]);
    }
}

#[test]
fn the_responder_s_certificate_pleases_pkilint_and_is_renewed_at_half_its_life() {
    let asking = Asking::new();
    let file = asking.ca.file("responder.der", asking.responder.der());
    lint("lint_pkix_cert", &[], &file);
    let shown = openssl([
        arg("x509"),
        arg("-noout"),
        arg("-text"),
        arg("-in"),
        file.as_os_str(),
    ]);
    let shown = String::from_utf8(shown).unwrap();
    for words in ["OCSP Signing", "OCSP No Check", "Digital Signature", "CA:FALSE"] {
        assert!(shown.contains(words), "{words}: {shown}");
    }
    assert!(!asking.responder.is_old(NOW + Duration::days(6)));
    assert!(asking.responder.is_old(NOW + Duration::days(8)));
}
