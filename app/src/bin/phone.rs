//! The phone page's binary.

fn main() {
    console_error_panic_hook::set_once();
    app::browser::clear_first_paint();
}
