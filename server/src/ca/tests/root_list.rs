//! The root's own list.

use x509_parser::{prelude::FromDer, revocation_list::CertificateRevocationList};

use super::*;

/// Its number and the day of its end, counted from `NOW`.
fn seen(der: &[u8]) -> (u64, i64) {
    let (_, list) = CertificateRevocationList::from_der(der).unwrap();
    let number = u64::try_from(list.crl_number().unwrap().clone()).unwrap();
    (
        number,
        (list.next_update().unwrap().to_datetime() - NOW).whole_days(),
    )
}

#[test]
fn it_is_there_from_the_first_start_and_pleases_openssl_and_pkilint() {
    let ca = Ca::new();
    let file = ca.path("root.crl");
    assert_eq!(ca.authority.root_crl().unwrap(), Some(fs::read(&file).unwrap()));
    lint("lint_crl", &["-t", "CRL", "-p", "PKIX"], &file);
    let root = ca.pem("root.cer");
    let shown = openssl([
        arg("crl"),
        arg("-noout"),
        arg("-text"),
        arg("-in"),
        file.as_os_str(),
        arg("-CAfile"),
        root.as_os_str(),
    ]);
    let shown = String::from_utf8_lossy(&shown);
    assert!(shown.contains("No Revoked Certificates"), "{shown}");
}

#[test]
fn half_its_life_later_the_next_one_is_signed_where_the_key_is() {
    let ca = Ca::new();
    let read = || seen(&fs::read(ca.path("root.crl")).unwrap());
    let first = read();
    assert_eq!(first.1, 365);
    open(ca.dir.path(), NOW + Duration::days(182)).unwrap();
    assert_eq!(read(), first);
    open(ca.dir.path(), NOW + Duration::days(184)).unwrap();
    let second = read();
    assert!(second.0 > first.0 && second.1 == 184 + 365, "{second:?}");
    // A clock that was set back takes nothing back.
    open(ca.dir.path(), NOW).unwrap();
    assert_eq!(read(), second);

    let away = fs::read(ca.path("root.key")).unwrap();
    fs::remove_file(ca.path("root.key")).unwrap();
    let much_later = NOW + Duration::days(600);
    let without = open(ca.dir.path(), much_later).unwrap();
    assert_eq!(seen(&without.root_crl().unwrap().unwrap()), second);
    fs::remove_file(ca.path("root.crl")).unwrap();
    assert_eq!(without.root_crl().unwrap(), None);
    let key = ca.file("root.key", &away);
    fs::set_permissions(key, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    fs::write(ca.path("root.crl"), b"half").unwrap();
    open(ca.dir.path(), much_later).unwrap();
    assert_eq!(read().1, 600 + 365);
}
