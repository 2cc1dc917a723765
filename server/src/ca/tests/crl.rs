//! Certificate revocation lists.

use super::super::Reason;
use super::*;

const ALL: [Reason; 7] = [
    Reason::Unspecified,
    Reason::KeyCompromise,
    Reason::AffiliationChanged,
    Reason::Superseded,
    Reason::CessationOfOperation,
    Reason::CertificateHold,
    Reason::PrivilegeWithdrawn,
];

fn crl_file(ca: &Ca, revoked: &[(Serial, OffsetDateTime, Reason)]) -> PathBuf {
    let crl = ca.newest().crl(7, NOW, NOW + Duration::days(7), revoked).unwrap();
    ca.file("issuing.crl", &crl)
}

#[test]
fn empty_and_full_lists_please_openssl_and_pkilint() {
    let ca = Ca::new();
    let revoked: Vec<_> = ALL
        .into_iter()
        .map(|reason| (Serial::from_random(chance::octets().unwrap()), NOW, reason))
        .collect();
    for revoked in [&[], revoked.as_slice()] {
        let file = crl_file(&ca, revoked);
        lint("lint_crl", &["-t", "CRL", "-p", "PKIX"], &file);
        let issuing = ca.pem("issuing.cer");
        let shown = openssl([
            arg("crl"),
            arg("-noout"),
            arg("-text"),
            arg("-in"),
            file.as_os_str(),
            arg("-CAfile"),
            issuing.as_os_str(),
        ]);
        let shown = String::from_utf8(shown).unwrap();
        assert_eq!(shown.matches("Serial Number:").count(), revoked.len());
        for (serial, _, _) in revoked {
            assert!(shown.contains(&serial.to_string()), "{serial}\n{shown}");
        }
        assert!(
            shown.contains("X509v3 CRL Number: \n                7\n"),
            "{shown}"
        );
    }
}

/// openssl refuses the certificate that is on the list, and no other.
#[test]
fn a_revoked_certificate_is_refused_by_whoever_checks() {
    let ca = Ca::new();
    let key = key(P256);
    let (good, bad) = (order(&key), order(&key));
    let file = crl_file(&ca, &[(bad.serial, NOW, Reason::CessationOfOperation)]);
    let pem = file.with_extension("crl.pem");
    openssl([
        arg("crl"),
        arg("-in"),
        file.as_os_str(),
        arg("-out"),
        pem.as_os_str(),
    ]);
    let check = |order: &Order<'_>| {
        let certificate = ca.authority.issue(order).unwrap();
        ca.file("one.cer", &certificate.der);
        Command::new("openssl")
            .args(["verify", "-crl_check", "-attime"])
            .arg((NOW + Duration::days(1)).unix_timestamp().to_string())
            .arg("-CAfile")
            .arg(ca.pem("root.cer"))
            .arg("-untrusted")
            .arg(ca.pem("issuing.cer"))
            .arg("-CRLfile")
            .arg(&pem)
            .arg(ca.pem("one.cer"))
            .output()
            .unwrap()
    };
    let accepted = check(&good);
    assert!(
        accepted.status.success(),
        "{}",
        String::from_utf8_lossy(&accepted.stderr)
    );
    let refused = check(&bad);
    assert!(!refused.status.success());
    assert!(String::from_utf8_lossy(&refused.stderr).contains("certificate revoked"));
}

#[test]
fn a_list_that_ends_before_it_begins_is_refused() {
    let ca = Ca::new();
    assert!(ca.newest().crl(1, NOW, NOW, &[]).is_err());
}
