//! Who is signed in.

use super::Language;
use crate::wire;

wire! {
    word pub enum UserState {
        Active,
        Inactive,
        Locked,
    }
}

wire! {
    word pub enum Role {
        SelfServiceUser,
        Operator,
        Administrator,
    }
}

wire! {
    request pub struct SignIn {
        pub user_name: String,
        pub password: String,
        /// Of the page that the user signs in on; mails to this user are written in it from then on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub language: Option<Language>,
    }
}

wire! {
    /// The password of the signed-in user, once more.
    request pub struct ConfirmPassword {
        pub password: String,
    }
}

wire! {
    /// The signed-in user has chosen another language.
    request pub struct ChooseLanguage {
        pub language: Language,
    }
}

wire! {
    /// The signed-in user.
    answer pub struct Me {
        pub user_name: String,
        pub display_name: String,
        pub email: Option<String>,
        pub state: UserState,
        pub roles: Vec<Role>,
        /// Of mails to this user.
        pub language: Language,
    }
}
