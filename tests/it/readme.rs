//! The README tells the truth: every `console` block is run, and its output compared.

#[test]
fn every_example_of_the_readme_answers_as_shown() {
    trycmd::TestCases::new().case("README.md");
}
