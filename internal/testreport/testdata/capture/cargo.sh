# cargo test.
export CARGO_TERM_COLOR=never RUST_BACKTRACE=0
mkdir -p "$work/rs/src" "$work/rs/tests" && cd "$work/rs" || exit
printf '[package]\nname = "cycle"\nversion = "0.1.0"\nedition = "2021"\n' > Cargo.toml
cat > src/lib.rs <<'RS'
/// Adds one.
///
/// ```
/// assert_eq!(cycle::infer(1), 2);
/// ```
pub fn infer(n: i32) -> i32 {
    if n == 7 { unimplemented!("infer is a stub") }
    n + 1
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn good() { println!("some output"); assert_eq!(infer(1), 2); }

    #[test]
    fn cycle() { println!("before the stub"); infer(7); }

    #[test]
    fn compare() { assert_eq!(infer(2), 4, "wrong sum"); }

    #[test]
    #[ignore = "needs a GPU"]
    fn gpu() {}

    #[test]
    #[should_panic]
    fn panics() { infer(7); }

    #[test]
    #[should_panic]
    fn calm() { infer(1); }

    #[test]
    fn result() -> Result<(), String> { Err("no cycle".into()) }
}
RS
printf '#[test]\nfn outside() { assert_eq!(cycle::infer(3), 4); }\n' > tests/it.rs
c() { name=$1; shift; cargo test --offline "$@" > "$out/$name" 2>&1; }
c cargo_default.log
c cargo_all.log --no-fail-fast
c cargo_quiet.log -q
c cargo_nocapture.log --lib -- --nocapture --test-threads=1
c cargo_green.log --test it
c cargo_green_quiet.log -q --test it
c cargo_filter.log nothing_matches
c cargo_no_target.log --test missing
c cargo_no_run.log --no-run
printf '#[test]\nfn ends() { std::process::exit(3); }\n' > tests/exits.rs
c cargo_exits.log --test exits
printf '#[test]\nfn aborts() { std::process::abort(); }\n' > tests/aborts.rs
c cargo_aborts.log --test aborts
printf '#[test]\nfn typo() { assert_eq!(cycle::infr(3), 4); }\n' > tests/typo.rs
c cargo_build.log --test typo
printf 'fn typo( {\n' > tests/syntax.rs
c cargo_syntax.log --test syntax
