//! What is issued, for every purpose and kind of key.

use shared::api::Purpose;
use x509_parser::prelude::*;

use super::super::IssueError;
use super::*;

fn text(output: Vec<u8>) -> String {
    String::from_utf8(output).unwrap()
}

/// openssl builds the chain to the root, for the use that the purpose stands for.
fn verify_chain(ca: &Ca, certificate: &Path, purpose: &str) {
    let (root, issuing) = (ca.pem("root.cer"), ca.pem("issuing.cer"));
    let output = openssl([
        arg("verify"),
        arg("-x509_strict"),
        arg("-check_ss_sig"),
        arg("-attime"),
        arg(&(NOW + Duration::days(1)).unix_timestamp().to_string()),
        arg("-purpose"),
        arg(purpose),
        arg("-CAfile"),
        root.as_os_str(),
        arg("-untrusted"),
        issuing.as_os_str(),
        certificate.as_os_str(),
    ]);
    assert!(text(output).ends_with(": OK\n"));
}

#[test]
fn every_purpose_and_kind_of_key_pleases_openssl_and_pkilint() {
    let ca = Ca::new();
    for (kind, genpkey) in [("P-256", P256), ("P-384", P384), ("RSA", RSA_3072)] {
        let key = key(genpkey);
        for (purpose, openssl_purpose) in [
            (Purpose::Authentication, "sslclient"),
            (Purpose::Signature, "any"),
            (Purpose::Encryption, "any"),
        ] {
            let issued = ca
                .authority
                .issue(&Order {
                    purpose,
                    ..order(&key)
                })
                .unwrap();
            let file = ca.file(&format!("{}-{kind}.cer", purpose.as_str()), &issued.der);
            lint("lint_pkix_cert", &[], &file);
            let pem = ca.pem(file.file_name().unwrap().to_str().unwrap());
            verify_chain(&ca, &pem, openssl_purpose);
        }
    }
}

#[test]
fn the_authority_s_own_certificates_please_openssl_and_pkilint() {
    let ca = Ca::new();
    for name in ["root.cer", "issuing.cer"] {
        lint("lint_pkix_cert", &[], &ca.path(name));
    }
    let issuing = ca.pem("issuing.cer");
    verify_chain(&ca, &issuing, "any");
    let shown = text(openssl([
        arg("x509"),
        arg("-noout"),
        arg("-text"),
        arg("-in"),
        issuing.as_os_str(),
    ]));
    for line in [
        "Issuer: O = id.example.com, CN = Smart ID Root CA",
        "Subject: O = id.example.com, CN = Smart ID Issuing CA",
        "Not Before: Nov 22 13:02:09 2026 GMT",
        "Not After : Nov 21 14:02:09 2036 GMT",
        "CA:TRUE, pathlen:0",
        "Certificate Sign, CRL Sign",
        "CA Issuers - URI:https://id.example.com/pki/root.cer",
        "Signature Algorithm: ecdsa-with-SHA384",
    ] {
        assert!(shown.contains(line), "{line}\n{shown}");
    }
}

/// The profile, read back by our own parser: nothing more and nothing less stands in the certificate.
#[test]
fn a_certificate_says_what_was_ordered() {
    let ca = Ca::new();
    let key = key(P256);
    let order = order(&key);
    let issued = ca.authority.issue(&order).unwrap();
    let (rest, certificate) = X509Certificate::from_der(&issued.der).unwrap();
    assert!(rest.is_empty());
    assert_eq!(certificate.raw_serial(), order.serial.as_bytes());
    assert_eq!(certificate.public_key().raw, key.spki());
    assert_eq!(issued.subject, "CN=Anna Åström,UID=anna");
    assert_eq!(issued.issuer, "CN=Smart ID Issuing CA,O=id.example.com");
    assert_eq!(ca.newest().name(), issued.issuer);
    let validity = certificate.validity();
    assert_eq!(
        validity.not_before.to_datetime(),
        NOW.replace_nanosecond(0).unwrap()
    );
    assert_eq!(
        validity.not_after.to_datetime() - validity.not_before.to_datetime(),
        Duration::days(730)
    );
    let (_, issuing) = X509Certificate::from_der(ca.newest().der()).unwrap();
    certificate.verify_signature(Some(issuing.public_key())).unwrap();
    let identifiers: Vec<String> = certificate
        .extensions()
        .iter()
        .map(|extension| format!("{}{}", extension.oid, if extension.critical { "!" } else { "" }))
        .collect();
    assert_eq!(
        identifiers,
        [
            "2.5.29.35",
            "2.5.29.17",
            "2.5.29.15!",
            "2.5.29.37",
            "2.5.29.31",
            "2.5.29.14",
            "2.5.29.19!",
            "1.3.6.1.5.5.7.1.1",
        ]
    );
}

#[test]
fn openssl_reads_usages_addresses_and_names_as_meant() {
    let ca = Ca::new();
    let (ec, rsa) = (key(P256), key(RSA_3072));
    for (purpose, key, usage, extended) in [
        (
            Purpose::Authentication,
            &ec,
            "Digital Signature",
            "TLS Web Client Authentication",
        ),
        (
            Purpose::Signature,
            &ec,
            "Non Repudiation",
            "E-mail Protection, 1.3.6.1.5.5.7.3.36",
        ),
        (Purpose::Encryption, &ec, "Key Agreement", "E-mail Protection"),
        (Purpose::Encryption, &rsa, "Key Encipherment", "E-mail Protection"),
    ] {
        let issued = ca
            .authority
            .issue(&Order {
                purpose,
                ..order(key)
            })
            .unwrap();
        let file = ca.file("one.cer", &issued.der);
        let shown = text(openssl([
            arg("x509"),
            arg("-noout"),
            arg("-text"),
            arg("-in"),
            file.as_os_str(),
        ]));
        for line in [
            &format!("X509v3 Key Usage: critical\n                {usage}\n"),
            &format!("X509v3 Extended Key Usage: \n                {extended}\n"),
            "email:anna@example.com",
            "CA:FALSE",
            "OCSP - URI:https://id.example.com/pki/ocsp",
            "CA Issuers - URI:https://id.example.com/pki/issuing.cer",
            "URI:https://id.example.com/pki/issuing.crl",
        ] {
            assert!(shown.contains(line), "{purpose:?}: {line}\n{shown}");
        }
        openssl([
            arg("asn1parse"),
            arg("-inform"),
            arg("DER"),
            arg("-in"),
            file.as_os_str(),
        ]);
    }
}

/// Our RFC 4514 text is openssl's, whatever stands in the name.
#[test]
fn names_are_written_as_openssl_writes_them() {
    let ca = Ca::new();
    let key = key(P256);
    for common_name in [
        "Anna Åström",
        "Svensson, Anna \"Annie\" <a+b>; \\ = #",
        "# first",
        "李小龍 🐉",
        "O'Neil",
    ] {
        let subject = Subject {
            common_name,
            user_id: "a,b+c@example.com",
            email: None,
        };
        let issued = ca
            .authority
            .issue(&Order {
                subject,
                ..order(&key)
            })
            .unwrap();
        let file = ca.file("one.cer", &issued.der);
        lint("lint_pkix_cert", &[], &file);
        let shown = text(openssl([
            arg("x509"),
            arg("-noout"),
            arg("-subject"),
            arg("-nameopt"),
            arg("esc_2253,esc_ctrl,utf8,sep_comma_plus,dn_rev,sname"),
            arg("-in"),
            file.as_os_str(),
        ]));
        assert_eq!(shown.trim_end(), format!("subject={}", issued.subject));
        let (_, certificate) = X509Certificate::from_der(&issued.der).unwrap();
        assert_eq!(super::super::name::rfc4514(certificate.subject()), issued.subject);
        assert!(certificate.subject_alternative_name().unwrap().is_none());
    }
}

#[test]
fn no_certificate_reaches_beyond_its_issuer_s_validity() {
    let ca = Ca::new();
    let key = key(P256);
    let end = ca.authority.issuing_not_after();
    let issue = |not_before, not_after| {
        ca.authority
            .issue(&Order {
                not_before,
                not_after,
                ..order(&key)
            })
            .map(|_| ())
    };
    assert_eq!(issue(NOW, end), Ok(()));
    assert_eq!(
        issue(NOW, end + Duration::seconds(1)),
        Err(IssueError::OutlivesIssuer { issuer_until: end })
    );
    assert!(matches!(
        issue(NOW - Duration::days(1), end),
        Err(IssueError::PredatesIssuer { .. })
    ));
    assert_eq!(issue(NOW, NOW), Err(IssueError::ValidityEmpty));
    assert_eq!(
        issue(NOW, NOW - Duration::days(1)),
        Err(IssueError::ValidityEmpty)
    );
}
