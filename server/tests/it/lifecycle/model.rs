//! Any order of events on the real server beside a small model: after each of them portal, both books and the model say
//! the same, and nothing leaves a final state.

use proptest::{
    prelude::{Just, Strategy, any, prop, prop_oneof},
    strategy::ValueTree,
    test_runner::TestRunner,
};
use server::{
    domain::user::User,
    use_case::{
        PortalError, cancel_process, confirm_pairing, delete_mobile_id, expire_mobile_ids, lock_long_paused,
        lock_mobile_id, pause_mobile_id, resume_mobile_id, set_user_state,
        show_code::{self, Asker, Choice, Wish},
        start_process,
    },
};
use shared::{
    api::{EncryptionFate, Purpose, UserState},
    protocol,
};
use time::OffsetDateTime;

use super::*;
use crate::{app::Phone, encryption::ENCRYPTION, mail::code::options};

const CASES: usize = 80;
const MOST_DAYS: i64 = 90;
const MOST_MOVED: Duration = Duration::days(5 * 365);

#[derive(Debug, Clone, Copy)]
enum Happening {
    /// Up to the pairing code: `registered`.
    Pair,
    /// The phone's receipt.
    Receipt,
    CancelProcess,
    Lock(usize, LockReason, Option<EncryptionFate>),
    Pause(usize),
    Resume(usize),
    Delete(usize),
    User(UserState),
    Days(i64),
    /// What the worker does each minute.
    Round,
}

fn happening() -> impl Strategy<Value = Happening> {
    use Happening::{CancelProcess, Days, Delete, Lock, Pair, Pause, Receipt, Resume, Round, User};
    let one = any::<usize>;
    let reason = prop::sample::select(LockReason::CHOICES.to_vec());
    let fates = [None, Some(EncryptionFate::Keep), Some(EncryptionFate::Revoke)];
    let fate = prop::sample::select(fates.to_vec());
    prop_oneof![
        3 => Just(Pair),
        5 => Just(Receipt),
        1 => Just(CancelProcess),
        2 => (one(), reason, fate).prop_map(|(one, reason, fate)| Lock(one, reason, fate)),
        6 => one().prop_map(Pause),
        3 => one().prop_map(Resume),
        2 => one().prop_map(Delete),
        3 => Just(User(UserState::Active)),
        2 => Just(User(UserState::Inactive)),
        1 => Just(User(UserState::Locked)),
        2 => (1..90_i64).prop_map(Days),
        3 => (90..200_i64).prop_map(Days),
        2 => (400..800_i64).prop_map(Days),
        5 => Just(Round),
    ]
}

/// What the model knows of a mobile ID.
#[derive(Debug, Clone)]
struct One {
    id: Uuid,
    process: Uuid,
    state: MobileIdState,
    /// Of those for authentication and signature.
    certificates: CertificateState,
    encryption: CertificateState,
    /// Its process goes on: only of a `registered` one.
    is_open: bool,
    paused_by: Option<PauseCause>,
    paused_at: OffsetDateTime,
    end: OffsetDateTime,
    reason: Option<LockReason>,
    is_deleted: bool,
}

impl One {
    fn is_over(&self, now: OffsetDateTime) -> bool {
        now > self.end && matches!(self.state, MobileIdState::Active | MobileIdState::Inactive)
    }

    fn works(&self, now: OffsetDateTime) -> bool {
        self.state == MobileIdState::Active && !self.is_over(now)
    }

    fn is_paused(&self, now: OffsetDateTime) -> bool {
        self.state == MobileIdState::Inactive && !self.is_over(now)
    }

    fn become_all(&mut self, certificates: CertificateState) {
        self.certificates = certificates;
        self.encryption = certificates;
    }

    fn locks(&mut self, reason: LockReason, fate: EncryptionFate, now: OffsetDateTime) {
        if !self.is_deleted
            && !self.is_over(now)
            && !matches!(self.state, MobileIdState::Locked | MobileIdState::Expired)
        {
            let is_kept = fate == EncryptionFate::Keep && self.state != MobileIdState::Registered;
            self.state = MobileIdState::Locked;
            self.become_all(CertificateState::Revoked);
            if is_kept {
                self.encryption = CertificateState::Valid;
            }
            self.reason = Some(reason);
            self.is_open = false;
        }
    }

    /// The encryption certificate that an earlier lock has kept.
    fn loses_kept(&mut self) {
        if self.state == MobileIdState::Locked && self.encryption == CertificateState::Valid {
            self.encryption = CertificateState::Revoked;
        }
    }

    fn pauses(&mut self, cause: PauseCause, now: OffsetDateTime) {
        if self.works(now) {
            self.state = MobileIdState::Inactive;
            self.become_all(CertificateState::OnHold);
            (self.paused_by, self.paused_at) = (Some(cause), now);
        }
    }

    fn resumes(&mut self, cause: PauseCause, now: OffsetDateTime) {
        if self.is_paused(now) && self.paused_by == Some(cause) {
            self.state = MobileIdState::Active;
            self.become_all(CertificateState::Valid);
        }
    }

    fn fails(&mut self) {
        if self.is_open {
            self.is_open = false;
            self.become_all(CertificateState::Revoked);
        }
    }

    fn kept_expires(&mut self, now: OffsetDateTime) {
        let is_kept = self.state == MobileIdState::Locked && self.encryption == CertificateState::Valid;
        if is_kept && now > self.end {
            self.encryption = CertificateState::Expired;
        }
    }

    fn expires(&mut self, now: OffsetDateTime) {
        if self.is_over(now) {
            self.state = MobileIdState::Expired;
            self.become_all(CertificateState::Expired);
        }
    }
}

/// The server with one user on it, and what the model has of them.
struct World<'a> {
    server: &'a Server,
    user: User,
    phone: Option<Phone>,
    all: Vec<One>,
    moved: Duration,
}

impl<'a> World<'a> {
    async fn new(server: &'a Server) -> Self {
        let id = server::chance::id();
        let user = User {
            user_name: id.to_string(),
            ..User::example(id)
        };
        let transaction = server.context.store.begin().await.unwrap();
        let now = server.context.clock.now();
        transaction.add_user(&user, now).await.unwrap();
        transaction.commit().await.unwrap();
        Self {
            server,
            user,
            phone: None,
            all: vec![],
            moved: Duration::ZERO,
        }
    }

    fn now(&self) -> OffsetDateTime {
        self.server.context.clock.now()
    }

    async fn happen(&mut self, what: Happening) {
        let context = &self.server.context;
        let (user, now) = (self.user.id, self.now());
        match what {
            Happening::Pair => self.pair().await,
            Happening::Receipt => self.receipt().await,
            Happening::CancelProcess => {
                let Some(open) = self.all.iter_mut().find(|one| one.is_open) else {
                    return;
                };
                let ending = Ending::CancelledByUser;
                cancel_process::run(context, user, open.process, ending, now)
                    .await
                    .unwrap();
                open.fails();
            }
            Happening::Lock(which, ..)
            | Happening::Pause(which)
            | Happening::Resume(which)
            | Happening::Delete(which) => {
                if let Some(which) = which.checked_rem(self.all.len()) {
                    self.ask(which, what).await;
                }
            }
            Happening::User(state) => {
                set_user_state::run(context, &self.user.user_name, state)
                    .await
                    .unwrap();
                self.user.state = state;
                for one in &mut self.all {
                    match state {
                        UserState::Active => one.resumes(PauseCause::UserInactive, now),
                        UserState::Inactive => one.pauses(PauseCause::UserInactive, now),
                        UserState::Locked => {
                            one.loses_kept();
                            one.locks(LockReason::UserLocked, EncryptionFate::Revoke, now);
                        }
                    }
                    if state != UserState::Active {
                        one.fails();
                    }
                }
            }
            // Longer, and what is issued would outlive the CA.
            Happening::Days(_) if self.moved > MOST_MOVED => {}
            Happening::Days(days) => {
                self.server.later(Duration::days(days));
                self.moved += Duration::days(days);
                self.server.sweep().await;
                self.all.iter_mut().for_each(One::fails);
            }
            Happening::Round => {
                expire_mobile_ids::run(context).await.unwrap();
                lock_long_paused::run(context).await.unwrap();
                for one in &mut self.all {
                    one.expires(now);
                    one.kept_expires(now);
                    if one.is_paused(now) && now - one.paused_at >= Duration::days(MOST_DAYS) {
                        one.locks(LockReason::PausedTooLong, EncryptionFate::Revoke, now);
                    }
                }
            }
        }
    }

    /// What the user asks for one of their mobile IDs: the answer is what the model expects.
    async fn ask(&mut self, which: usize, what: Happening) {
        let (context, user, now) = (&self.server.context, self.user.id, self.now());
        let is_active = self.user.state == UserState::Active;
        let one = &mut self.all[which];
        match what {
            Happening::Lock(_, reason, fate) => {
                let answer = lock_mobile_id::run(context, user, one.id, reason, fate).await;
                let was = one.clone();
                if fate == Some(EncryptionFate::Revoke) && !was.is_deleted {
                    one.loses_kept();
                }
                one.locks(reason, fate.unwrap_or(reason.encryption_fate()), now);
                let is_locked = one.state == MobileIdState::Locked && !was.is_deleted;
                assert_eq!(answer.is_ok(), is_locked, "{was:?}");
            }
            Happening::Pause(_) => {
                let answer = pause_mobile_id::run(context, user, one.id).await;
                if is_active {
                    one.pauses(PauseCause::User, now);
                }
                let is_paused = is_active && one.is_paused(now);
                assert_eq!(answer.is_ok(), is_paused);
            }
            Happening::Resume(_) => {
                let answer = resume_mobile_id::run(context, user, one.id, now).await;
                if is_active {
                    one.resumes(PauseCause::User, now);
                }
                assert_eq!(answer.is_ok(), is_active && one.works(now));
            }
            Happening::Delete(_) => {
                let answer = delete_mobile_id::run(context, user, one.id).await;
                let is_final = matches!(one.state, MobileIdState::Locked | MobileIdState::Expired)
                    || one.is_over(now)
                    || one.state == MobileIdState::Registered && !one.is_open;
                assert_eq!(answer.is_ok(), is_active && (is_final || one.is_deleted));
                if answer.is_ok() {
                    one.expires(now);
                    one.is_deleted = true;
                }
            }
            other => panic!("{other:?} is not about one of them"),
        }
    }

    async fn pair(&mut self) {
        if self.all.iter().any(|one| one.is_open) {
            return;
        }
        let (context, now) = (&self.server.context, self.now());
        let user = self.user.id;
        let started = start_process::run(context, user, now).await;
        if self.user.state != UserState::Active {
            assert!(matches!(started, Err(PortalError::UserNotActive)));
            return;
        }
        let process = started.unwrap().process.id;
        let asker = Asker {
            user,
            signed_in_at: now,
            browser: "a test",
        };
        let next = Wish::Next(Choice::default());
        let shown = show_code::run(context, asker, process, next).await.unwrap();
        let code = shown.code.unwrap().long.text();
        let phone = self.server.phone();
        phone.claim(&code).await.ok();
        let pairing_code = phone.pairing_code(&code, &phone.send_keys().await.json());
        let seen = confirm_pairing::run(context, user, process, Some(&pairing_code), now).await;
        let made = seen.unwrap().made.unwrap().mobile_id;
        self.phone = Some(phone);
        self.all.push(One {
            id: made.id,
            process,
            state: MobileIdState::Registered,
            certificates: CertificateState::Issued,
            encryption: CertificateState::Issued,
            is_open: true,
            paused_by: None,
            paused_at: now,
            end: made.valid_until,
            reason: None,
            is_deleted: false,
        });
    }

    /// Of the newest phone, whose process may have ended.
    async fn receipt(&mut self) {
        let (Some(phone), Some(newest)) = (&self.phone, self.all.last_mut()) else {
            return;
        };
        let signature = protocol::encode(&[0; 64]);
        let made_up = shared::api::Receipt {
            mobile_id: newest.id,
            signature,
            proofs: vec![],
        };
        let was_open = newest.is_open;
        if was_open {
            phone.send_receipt(&made_up).await.refused(Code::ReceiptWrong);
            phone.send_receipt(&phone.receipt().await).await.ok();
            newest.is_open = false;
            newest.state = MobileIdState::Active;
            newest.become_all(CertificateState::Valid);
        } else {
            assert!(!phone.send_receipt(&made_up).await.status.is_success());
        }
    }

    /// Portal, both books and the model.
    async fn check(&self) {
        let (book, now) = (self.server.context.store.read(), self.now());
        for one in &self.all {
            let stored = book.mobile_id(one.id).await.unwrap().unwrap();
            assert_eq!(stored.state, one.state, "{one:?}");
            assert_eq!(stored.deleted_at.is_some(), one.is_deleted, "{one:?}");
            assert_eq!(stored.lock_reason, one.reason, "{one:?}");
            let expected = if one.is_over(now) {
                MobileIdState::Expired
            } else {
                one.state
            };
            assert_eq!(stored.state_at(now), expected, "{one:?}");
            for certificate in book.certificates(one.id).await.unwrap() {
                let expected = match certificate.purpose {
                    Purpose::Encryption => one.encryption,
                    Purpose::Authentication | Purpose::Signature => one.certificates,
                };
                assert_eq!(certificate.state, expected, "{one:?}");
                assert_eq!(certificate.state_in_ca, expected, "{one:?}");
            }
        }
        let shown = book.mobile_ids(self.user.id).await.unwrap().len();
        assert_eq!(shown, self.all.iter().filter(|one| !one.is_deleted).count());
        let report = check_books::run(&self.server.context, false).await.unwrap();
        assert_eq!(report.different, 0, "{:?}", report.differences);
    }
}

/// What was final before is as it was.
fn nothing_came_back(before: &[One], after: &[One]) {
    for (before, after) in before.iter().zip(after) {
        if matches!(before.state, MobileIdState::Locked | MobileIdState::Expired) {
            assert_eq!((before.state, before.reason), (after.state, after.reason));
        }
        assert!(after.is_deleted || !before.is_deleted);
    }
}

#[tokio::test]
async fn any_order_of_events_leaves_portal_books_and_model_alike() {
    let server = Server::start().await;
    options(&server, ENCRYPTION).await;
    let mut runner = TestRunner::deterministic();
    let events = prop::collection::vec(happening(), 20..60);
    let mut ends = vec![];
    for _ in 0..CASES {
        let events = events.new_tree(&mut runner).unwrap().current();
        let mut world = World::new(&server).await;
        for (n, what) in events.iter().enumerate() {
            let before = world.all.clone();
            world.happen(*what).await;
            nothing_came_back(&before, &world.all);
            println!("{n}: {what:?}");
            world.check().await;
        }
        ends.extend(
            world
                .all
                .iter()
                .map(|one| (one.state, one.reason, one.is_deleted, one.encryption)),
        );
        // The next one begins when this one did.
        server.later(-world.moved);
    }
    // They came far enough.
    for reason in [
        LockReason::PausedTooLong,
        LockReason::UserLocked,
        LockReason::Lost,
    ] {
        assert!(ends.iter().any(|(_, why, ..)| *why == Some(reason)), "{reason:?}");
    }
    for state in [
        MobileIdState::Registered,
        MobileIdState::Active,
        MobileIdState::Inactive,
        MobileIdState::Expired,
    ] {
        assert!(ends.iter().any(|(end, ..)| *end == state), "{state:?}");
    }
    assert!(ends.iter().any(|(_, _, is_deleted, _)| *is_deleted));
    let locked = ends.iter().filter(|(end, ..)| *end == MobileIdState::Locked);
    let of_locked: Vec<_> = locked.map(|(.., encryption)| *encryption).collect();
    for state in [
        CertificateState::Valid,
        CertificateState::Revoked,
        CertificateState::Expired,
    ] {
        assert!(of_locked.contains(&state), "{state:?}");
    }
    let chain = server.context.store.read().verify_audit().await.unwrap();
    assert!(matches!(chain, server::store::Chain::Whole(_)));
}
