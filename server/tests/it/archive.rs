//! The key archive as the program keeps it: checked, rotated, killed in the middle, and of no use to whoever has the
//! database alone.

use std::{
    process::{Command, Stdio},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use rcgen::{CertificateParams, Issuer, KeyPair};
use server::{
    archive::{Archive, Config, EncryptionKey, Sealed},
    ca::{KeyPlace, PublicKey, Serial},
    chance,
    domain::{archived_key::ArchivedKey, mobile_id::Certificate},
    store::{Chain, Store},
};
use shared::{
    api::{CertificateState, KeyType, Purpose},
    url::ops,
};
use time::OffsetDateTime;
use uuid::Uuid;

use crate::{pki::run, program::Server, store::with_mobile_id};

const PASSPHRASE: &str = "SELFSERVICE_ARCHIVE__PASSPHRASE";

/// What a server has of it, in the test's own process, on the program's data.
pub struct Beside {
    pub store: Store,
    pub archive: Arc<Archive>,
    mobile_id: Uuid,
    user: Uuid,
}

impl Beside {
    pub async fn of(server: &Server, passphrase: Option<&str>) -> Self {
        let config = Config {
            keys: KeyPlace::Files {
                passphrase: passphrase.map(Into::into),
            },
            dir: server.path("data/archive"),
            key_type: KeyType::P256,
        };
        Self::with(server, config).await
    }

    pub async fn with(server: &Server, config: Config) -> Self {
        let url = format!("sqlite:{}", server.path("data/selfservice.sqlite").display());
        let store = Store::open(&url).await.unwrap();
        let mobile_id = with_mobile_id(&store).await;
        Self {
            store,
            archive: Archive::new(config, &[]).into(),
            mobile_id: mobile_id.id,
            user: mobile_id.user,
        }
    }

    /// A key with its certificate, as one is issued. Gives the serial number.
    pub async fn issue(&self) -> String {
        let key = EncryptionKey::make(KeyType::P256).unwrap();
        let serial = Serial::from_random(chance::octets().unwrap()).to_string();
        let sealed = self.archive.seal(self.user, &serial, &key).unwrap();
        self.keep(&serial, &key, sealed).await;
        serial
    }

    pub async fn keep(&self, serial: &str, key: &EncryptionKey, sealed: Sealed) {
        let now = OffsetDateTime::now_utc();
        let certificate = Certificate {
            serial: serial.to_owned(),
            mobile_id: self.mobile_id,
            purpose: Purpose::Encryption,
            subject: "CN=Anna".into(),
            issuer: "CN=CA".into(),
            not_before: now,
            not_after: now + Duration::from_hours(24),
            state: CertificateState::Issued,
            state_in_ca: CertificateState::Issued,
            der: certificate(key),
        };
        let archived = ArchivedKey {
            serial: serial.to_owned(),
            user: self.user,
            recovery_key: sealed.recovery_key,
            sealed: sealed.octets,
            archived_at: now,
        };
        let transaction = self.store.begin().await.unwrap();
        let certificates = [certificate];
        transaction.add_certificates(&certificates).await.unwrap();
        transaction.add_archived_key(&archived).await.unwrap();
        transaction.commit().await.unwrap();
    }

    /// Whether the key of that certificate opens now, as it lies in the database now.
    async fn opens(&self, serial: &str) -> bool {
        let row = self.store.read().archived_key(serial).await.unwrap().unwrap();
        let sealed = Sealed {
            recovery_key: row.recovery_key,
            octets: row.sealed,
        };
        self.archive.open(row.user, serial, &sealed).is_ok()
    }
}

async fn metrics(server: &Server) -> String {
    let answer = reqwest::get(format!("{}{}", server.base(), ops::METRICS)).await;
    answer.unwrap().text().await.unwrap()
}

fn certificate(key: &EncryptionKey) -> Vec<u8> {
    let issuer = Issuer::new(CertificateParams::default(), KeyPair::generate().unwrap());
    let subject = PublicKey::from_accepted(key.spki()).unwrap();
    let signed = CertificateParams::default().signed_by(&subject, &issuer);
    signed.unwrap().der().to_vec()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_does_not_open_or_does_not_fit_is_named() {
    let server = Server::start_with(&[(PASSPHRASE, "correct horse")]).await;
    let said = server.say(&["archive", "check"]);
    assert!(said.contains("0 archived keys checked, 0 faults."), "{said}");
    let beside = Beside::of(&server, Some("correct horse")).await;
    let [whole, altered, first, second] = [
        beside.issue().await,
        beside.issue().await,
        beside.issue().await,
        beside.issue().await,
    ];
    let said = server.say(&["archive", "check"]);
    assert!(said.contains("4 archived keys checked, 0 faults."), "{said}");
    let metrics_now = metrics(&server).await;
    assert!(
        metrics_now.contains("selfservice_archive_works 1"),
        "{metrics_now}"
    );
    assert!(
        metrics_now.contains("selfservice_archived_keys{recovery_key=\"recovery-1:"),
        "{metrics_now}"
    );
    // A key that is sealed as it should be, beside another key's certificate.
    let misfit = "0A0B";
    let (one, other) = [(); 2]
        .map(|()| EncryptionKey::make(KeyType::P256).unwrap())
        .into();
    let sealed = beside.archive.seal(beside.user, misfit, &one).unwrap();
    beside.keep(misfit, &other, sealed).await;
    let change = format!(
        "UPDATE archived_key SET sealed = zeroblob(200) WHERE serial = '{altered}';
         UPDATE archived_key SET sealed = (SELECT sealed FROM archived_key WHERE serial = '{second}') WHERE serial = '{first}';"
    );
    let database = server.path("data/selfservice.sqlite");
    let changed = Command::new("sqlite3")
        .arg(database)
        .arg(change)
        .status()
        .unwrap();
    assert!(changed.success());
    let (status, said) = server.try_to_say(&["archive", "check"]);
    assert!(
        !status.success() && said.contains("5 archived keys checked, 3 faults."),
        "{said}"
    );
    for serial in [&altered, &first] {
        let fault = format!("the archived key of certificate {serial} does not open: its row is damaged");
        assert!(said.contains(&fault), "{said}");
    }
    assert!(
        said.contains("certificate 0A0B is not that certificate's"),
        "{said}"
    );
    assert!(!said.contains(&whole) && !said.contains(&second), "{said}");

    // Rotation takes with it what opens, and says what does not.
    let (status, said) = server.try_to_say(&["archive", "rotate"]);
    assert!(
        !status.success() && said.contains("3 archived keys are sealed anew."),
        "{said}"
    );
    assert!(said.contains(&altered) && said.contains(&first), "{said}");
    assert!(beside.opens(&whole).await && beside.opens(&second).await);
    assert!(!beside.opens(&altered).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_its_recovery_key_starts_and_says_why_it_archives_nothing() {
    let mut server = Server::start_with(&[(PASSPHRASE, "correct horse")]).await;
    let file = server.path("data/archive/recovery-1.key");
    server.say(&["archive", "check"]);
    let pem = std::fs::read_to_string(&file).unwrap();
    assert!(pem.starts_with("-----BEGIN ENCRYPTED PRIVATE KEY-----"), "{pem}");
    let beside = Beside::of(&server, Some("correct horse")).await;
    let serial = beside.issue().await;
    assert!(
        server
            .say(&["archive", "check"])
            .contains("1 archived keys checked, 0 faults.")
    );
    server.kill();
    for (passphrase, away, says) in [
        ("wrong horse", false, "passphrase does not open the key file"),
        ("correct horse", true, "the recovery key is missing"),
    ] {
        server.set(PASSPHRASE, passphrase);
        if away {
            std::fs::remove_file(&file).unwrap();
        }
        std::fs::remove_file(server.path("log")).unwrap();
        server.start_again().await;
        let (status, said) = server.try_to_say(&["archive", "check"]);
        assert!(!status.success() && said.contains(says), "{said}");
        assert!(said.contains(&serial), "{said}");
        // It looks beside its start.
        for _ in 0..200 {
            if server.log().contains(says) {
                break;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let log = server.log();
        assert!(
            log.contains("the key archive cannot be used") && log.contains(says),
            "{log}"
        );
        assert!(!log.contains("horse") && !said.contains("horse"), "{log}{said}");
        assert!(metrics(&server).await.contains("selfservice_archive_works 0"));
        assert_eq!(file.exists(), !away, "none is made in its place");
        server.kill();
    }
    std::fs::write(&file, pem).unwrap();
    Command::new("chmod").arg("600").arg(&file).status().unwrap();
    assert!(
        server
            .say(&["archive", "check"])
            .contains("1 archived keys checked, 0 faults.")
    );
}

/// At every moment every archived key opens, for a server that runs; and new ones come meanwhile.
#[tokio::test(flavor = "multi_thread")]
async fn a_rotation_that_is_killed_anywhere_goes_on_without_a_gap() {
    let server = Server::start().await;
    let beside = Arc::new(Beside::of(&server, None).await);
    let mut serials = Vec::new();
    for _ in 0..230 {
        serials.push(beside.issue().await);
    }
    let stop = Arc::new(AtomicBool::new(false));
    let running = {
        let (beside, stop, serials) = (beside.clone(), stop.clone(), serials.clone());
        tokio::spawn(async move {
            let mut looked = 0;
            while !stop.load(Ordering::Acquire) {
                for serial in serials.iter().step_by(7) {
                    assert!(beside.opens(serial).await, "{serial}");
                    looked += 1;
                }
                let new = beside.issue().await;
                assert!(beside.opens(&new).await, "{new}");
            }
            looked
        })
    };
    server.say(&["archive", "rotate", "--only-make"]);
    let mut killed = 0;
    for millis in [100, 200, 300, 400, 600, 900, 1_300] {
        let mut rotating = Command::new(env!("CARGO_BIN_EXE_selfservice"));
        rotating
            .args(["archive", "rotate", "--resume"])
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        rotating.env("SELFSERVICE_DATA_DIR", server.path("data"));
        let mut rotating = rotating.spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(millis)).await;
        if rotating.try_wait().unwrap().is_none() {
            rotating.kill().unwrap();
            killed += 1;
        }
        rotating.wait().unwrap();
        for serial in &serials {
            assert!(beside.opens(serial).await, "{serial} after a kill");
        }
    }
    assert!(killed > 0, "each was faster than its kill");
    let said = server.say(&["archive", "rotate", "--resume"]);
    assert!(said.contains("archived keys are sealed anew."), "{said}");
    stop.store(true, Ordering::Release);
    assert!(running.await.unwrap() > 0);
    // One that was sealed just before, and written just after, is found by the next.
    let said = server.say(&["archive", "rotate", "--resume"]);
    assert!(
        said.contains("recovery-2.key") && said.contains("may be put away"),
        "{said}"
    );
    assert_eq!(beside.store.read().recovery_keys_in_use().await.unwrap().len(), 1);
    std::fs::remove_file(server.path("data/archive/recovery-1.key")).unwrap();
    assert!(server.say(&["archive", "check"]).contains(", 0 faults."));
    assert!(beside.opens(&beside.issue().await).await);
    assert!(matches!(
        beside.store.read().verify_audit().await.unwrap(),
        Chain::Whole(_)
    ));
    let database = server.path("data/selfservice.sqlite");
    let query = "SELECT count(*) FROM audit WHERE event = 'recovery_key_renewed'";
    let count = Command::new("sqlite3").arg(database).arg(query).output().unwrap();
    assert_eq!(String::from_utf8(count.stdout).unwrap().trim(), "1");
}

/// A back-up has both, and works elsewhere; the database alone is of no use.
#[tokio::test(flavor = "multi_thread")]
async fn a_back_up_brings_the_recovery_key_along_and_says_what_that_means() {
    let server = Server::start().await;
    let beside = Beside::of(&server, None).await;
    beside.issue().await;
    server.say(&["archive", "rotate"]);
    let folder = server.path("backup");
    let said = server.say(&["backup", folder.to_str().unwrap()]);
    assert!(said.contains("opens every archived key"), "{said}");
    for number in [1, 2] {
        assert!(
            folder
                .join(format!("data/archive/recovery-{number}.key"))
                .exists()
        );
    }
    assert!(!folder.join("data/archive/lock").exists());
    let mut other = Server::start().await;
    other.kill();
    std::fs::remove_dir_all(other.path("data")).unwrap();
    let said = other.say(&["restore", folder.to_str().unwrap()]);
    assert!(said.contains("Archive:   1 archived keys, 0 faults."), "{said}");

    // A thief has the database and all of the CA's keys, and starts the program on them.
    let mut thief = Server::start().await;
    thief.kill();
    let data = thief.path("data");
    std::fs::remove_dir_all(&data).unwrap();
    let copy = format!(
        "mkdir {0} && cp -a {1}/data/ca {0}/ca && cp {1}/database.sqlite {0}/selfservice.sqlite",
        data.display(),
        folder.display()
    );
    run(&folder, &copy);
    let (status, said) = thief.try_to_say(&["archive", "check"]);
    assert!(
        !status.success() && said.contains("recovery key is missing"),
        "{said}"
    );
    assert!(!data.join("archive/recovery-1.key").exists());
}

/// Nothing is archived yet, so that no key is at fault.
#[tokio::test(flavor = "multi_thread")]
async fn a_restore_without_the_recovery_keys_passphrase_says_that_nothing_is_archived() {
    let server = Server::start_with(&[(PASSPHRASE, "correct horse")]).await;
    server.say(&["archive", "check"]);
    let folder = server.path("backup");
    server.say(&["backup", folder.to_str().unwrap()]);
    let mut other = Server::start().await;
    other.kill();
    std::fs::remove_dir_all(other.path("data")).unwrap();
    let (status, said) = other.try_to_say(&["restore", folder.to_str().unwrap()]);
    assert!(said.contains("No key can be archived"), "{said}");
    assert!(
        !status.success() && said.contains("the key archive is not whole"),
        "{said}"
    );
}
