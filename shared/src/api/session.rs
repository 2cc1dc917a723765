//! Who is signed in.

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
    }
}

wire! {
    /// The password of the signed-in user, once more.
    request pub struct ConfirmPassword {
        pub password: String,
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
    }
}
