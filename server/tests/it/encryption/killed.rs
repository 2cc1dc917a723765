//! The real program, killed with SIGKILL while it makes, archives and seals keys.

use super::{ENCRYPTION, count};
use crate::{app::Phone, program::Server as Program};

#[tokio::test(flavor = "multi_thread")]
async fn a_kill_in_the_middle_of_next_leaves_all_of_it_or_nothing() {
    let mut program = Program::start_with(&[("SELFSERVICE_RECOVERY__PER_DAY", "100")]).await;
    let file = program.path("options.rhai");
    std::fs::write(
        &file,
        format!("{ENCRYPTION}recoverEncryptionCertificates = \"all\";"),
    )
    .unwrap();
    program.say(&["options", "set", file.to_str().unwrap(), "--comment", "A test"]);
    let anna = program.portal("anna").await;
    let path = program.path("data/selfservice.sqlite");
    let counted = async |what: &str| count(&path, &format!("SELECT count(*) AS count FROM {what}")).await;
    for round in 0..8 {
        let (process, link) = anna.open_process().await;
        let phone = Phone::at(&program.base());
        let code = phone.get_ready_by(&link).await;
        let user = anna.clone();
        let click = tokio::spawn(async move { user.pair(process, &code).await.unwrap() });
        tokio::time::sleep(std::time::Duration::from_millis(round * 4)).await;
        program.kill();
        let certificates = counted("certificate WHERE purpose = 'encryption'").await;
        assert_eq!(counted("archived_key").await, certificates, "round {round}");
        let recovered = counted("recovered_certificate").await;
        let sealed = counted("sealed_key").await;
        // All that this one recovers and its own; or what was there before.
        let is_done = certificates > i64::try_from(round).unwrap();
        assert_eq!(sealed, if is_done { certificates } else { 0 }, "round {round}");
        assert_eq!(recovered, certificates * (certificates - 1) / 2, "round {round}");
        program.start_again().await;
        click.await.unwrap();
        phone.send_receipt(&phone.receipt().await).await.ok();
        let made = anna.process(process).await.mobile_id.unwrap();
        assert_eq!(made.recovered.len(), usize::try_from(round).unwrap());
    }
    assert_eq!(counted("sealed_key").await, 0);
    assert!(
        program
            .say(&["audit", "verify"])
            .contains("The audit log is whole")
    );
    let said = program.say(&["ca", "check"]);
    assert!(said.contains(" 0 differences left"), "{said}");
}
